// Records the device of each sign-in. A sign-in on a new device is audited, and the user is
// notified by mail; the link in that mail ("this was not me") is handled by
// unrecognized-device.service.ts.
import type { DeviceSignIn, SignInDevice } from '#core/sessions/sign-in-devices.ts';
import { describeDevice } from '#platform/request/device-names.ts';
import { randomToken, sha256 } from '#platform/crypto/hashing.ts';
import type { RequestDeviceSlot } from '#platform/request/request-device.ts';
import type { RequestOriginSlot } from '#platform/request/request-origin.ts';
import { deviceValues } from './user-devices.store.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { UnrecognizedSignIn } from './unrecognized-device.service.ts';
import { mailTo } from '#core/outbox/mail/mail.ts';
import { newDeviceMail } from './device-mail-templates.ts';
import type { Outbox } from '#core/outbox/outbox.service.ts';

/** 128 random bits. */
const deviceBytes = 16;

export interface DeviceDependencies {
  readonly request: RequestDeviceSlot;
  readonly origin: RequestOriginSlot;
  readonly audit: Audit;
  readonly outbox: Outbox;
  readonly unrecognizedSignIn: UnrecognizedSignIn;
  readonly now: () => Date;
}

export function createDevices(dependencies: DeviceDependencies) {
  const { request, origin, audit, outbox, unrecognizedSignIn, now } = dependencies;

  /** Sets a device cookie if there is none; a browser that omits the cookie is never recognized. */
  function nameDevice(): string {
    const device = request.get();
    const id = device?.readId() ?? randomToken(deviceBytes);
    device?.keep(id);
    return id;
  }

  return {
    /** Returns what a sign-in stores about its device. Sets the cookie. */
    traceSignIn({ user, sessionUid, clientId }: DeviceSignIn): SignInDevice {
      const deviceId = sha256(nameDevice());
      const { id: userId } = user;
      const { address = '', device: userAgent = '' } = origin.get() ?? {};
      const facts = { device: describeDevice(userAgent), address };
      const mail = newDeviceMail({
        ...facts,
        at: now().toISOString(),
        link: unrecognizedSignIn.linkFor({ userId, deviceId, ...facts }),
      });
      return {
        deviceId,
        values: deviceValues({
          audit: audit.record({
            event: 'device.new',
            actor: { kind: 'user', id: userId },
            userId,
            clientId,
            sessionUid,
          }),
          mail: outbox.seal(mailTo(user, mail)),
        }),
      };
    },
  };
}

export type Devices = ReturnType<typeof createDevices>;
