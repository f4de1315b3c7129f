// Device codes for the pages: looks up the request of a user code, and refuses it. oidc-provider handles the
// approval, which is a sign-in.
import type { Provider } from 'oidc-provider';
import type { Client } from '#core/clients/clients.ts';
import type { Clients } from '#core/clients/clients.service.ts';
import { seconds } from '#oidc/adapters/payload.ts';
import { UserCodeTaken } from './device-code-adapter.ts';

/** Address and user agent of the device that requested the code. */
export interface RequestingDevice {
  readonly address: string | undefined;
  readonly userAgent: string;
}

export interface OpenDeviceCode {
  readonly state: 'open';
  readonly client: Client;
  readonly device: RequestingDevice;
  readonly requestedAt: Date;
}

export type FoundDeviceCode =
  | OpenDeviceCode
  | { readonly state: 'unknown' | 'expired' | 'used' | 'refused' };

type StoredCode = NonNullable<Awaited<ReturnType<Provider['DeviceCode']['findByUserCode']>>>;

export interface DeviceCodesDependencies {
  readonly provider: Provider;
  readonly clients: Clients;
  readonly now: () => Date;
}

export function createDeviceCodes({ provider, clients, now }: DeviceCodesDependencies) {
  const findCode = (userCode: string) =>
    provider.DeviceCode.findByUserCode(userCode, { ignoreExpiration: true });

  return {
    /** @param userCode as `readUserCode` returns it */
    async find(userCode: string): Promise<FoundDeviceCode> {
      const code = await findCode(userCode);
      if (!code) return { state: 'unknown' };
      if (code.exp === undefined || code.exp <= seconds(now())) return { state: 'expired' };
      if (isUsed(code)) return { state: 'used' };
      const client = code.clientId === undefined ? undefined : await clients.find(code.clientId);
      if (!client || client.disabledAt !== undefined) return { state: 'refused' };
      const requestedAt = new Date(code.iat * 1000);
      return { state: 'open', client, device: deviceIn(code.deviceInfo), requestedAt };
    },
    /** Returns false if the code was used in the meantime. */
    async deny(userCode: string): Promise<boolean> {
      const code = await findCode(userCode);
      if (!code || isUsed(code)) return false;
      code.error = 'access_denied';
      code.errorDescription = 'End-User denied the request';
      try {
        await code.save();
        return true;
      } catch (error) {
        if (error instanceof UserCodeTaken) return false;
        throw error;
      }
    },
  };
}

export type DeviceCodes = ReturnType<typeof createDeviceCodes>;

/** A browser has taken the code, or the user has decided. */
function isUsed({ error, accountId, inFlight }: StoredCode): boolean {
  return error !== undefined || accountId !== undefined || inFlight === true;
}

/** The stored facts about the device, which `deviceIn` reads. */
export function describeRequest(address: string, userAgent: string): Record<string, unknown> {
  return { address, userAgent: userAgent.slice(0, 200) };
}

function deviceIn(stored: unknown): RequestingDevice {
  const info: { address?: unknown; userAgent?: unknown } =
    typeof stored === 'object' && stored !== null ? stored : {};
  return {
    address: typeof info.address === 'string' ? info.address : undefined,
    userAgent: typeof info.userAgent === 'string' ? info.userAgent : '',
  };
}
