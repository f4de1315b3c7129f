// "This was not me": what the link in a mail about a new device does. The link holds everything it
// needs, sealed, so that no store can lose it; it works as long as the device is known, so once.
import type { AuditActor } from '#core/audit/audit.ts';
import { AppError } from '#platform/errors.ts';
import type { Keyring } from '#platform/crypto/encryption.ts';
import type { Database } from '#platform/database/postgres.ts';
import type { UserDeviceStore } from './user-devices.store.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { AccountCleanup } from '#features/account-cleanup/account-cleanup.service.ts';
import type { Blocking } from '#core/revocation/revocation.service.ts';

const linkDays = 7;
const context = 'this was not me';

export interface UserDevice {
  readonly userId: string;
  readonly deviceId: Buffer;
}

export interface DisowningDependencies {
  readonly db: Database;
  readonly devices: UserDeviceStore;
  readonly cleanup: AccountCleanup;
  readonly blocking: Blocking;
  readonly audit: Audit;
  readonly keyring: Keyring;
  readonly issuer: string;
  readonly now: () => Date;
}

export function createDisowning(dependencies: DisowningDependencies) {
  const { db, devices, cleanup, blocking, audit, keyring, issuer, now } = dependencies;

  function read(token: string): UserDevice | undefined {
    const { userId, deviceId, until } = decode(openSealed(token)) ?? {};
    if (!userId || !deviceId || !until || until <= now()) return undefined;
    return { userId, deviceId };
  }

  /** A text that we did not seal is no fault of ours. */
  function openSealed(token: string): Buffer | undefined {
    try {
      return keyring.open(token, context);
    } catch (error) {
      if (error instanceof AppError) return undefined;
      throw error;
    }
  }

  return {
    linkFor(device: UserDevice): string {
      const until = new Date(now().getTime() + linkDays * 24 * 60 * 60 * 1000);
      return `${issuer}/auth/not-me/${keyring.seal(encode(device, until), context)}`;
    },
    async isUsable(token: string): Promise<boolean> {
      const device = read(token);
      return device !== undefined && devices.isKnown(device.userId, device.deviceId);
    },
    /**
     * Somebody else knows the password: everything of the user ends on all devices, the device is
     * forgotten, and every way in and permission that came since its first use goes. False: the link
     * was used.
     */
    async disown(token: string): Promise<boolean> {
      const device = read(token);
      if (!device || !(await devices.isKnown(device.userId, device.deviceId))) return false;
      const { userId, deviceId } = device;
      const actor: AuditActor = { kind: 'user', id: userId };
      // Ends first: a link that is used up without having ended anything would be worse than two.
      await blocking.revokeEverythingOf(userId, actor);
      return db.transaction(async (tx) => {
        const since = await devices.forget(userId, deviceId, tx);
        if (!since) return false;
        await cleanup.removeSinceDevice({ userId, at: now(), since }, tx);
        await audit.append({ event: 'device.disowned', actor, userId }, tx);
        return true;
      });
    },
  };
}

export type Disowning = ReturnType<typeof createDisowning>;

const userIdBytes = 16;
const deviceIdBytes = 32;
const timeBytes = 6;

/** As short as can be: it stands in the address. */
function encode({ userId, deviceId }: UserDevice, until: Date): Buffer {
  const time = Buffer.alloc(timeBytes);
  time.writeUIntBE(until.getTime(), 0, timeBytes);
  return Buffer.concat([Buffer.from(userId.replaceAll('-', ''), 'hex'), deviceId, time]);
}

function decode(bytes: Buffer | undefined) {
  if (bytes?.length !== userIdBytes + deviceIdBytes + timeBytes) return undefined;
  const hex = bytes.toString('hex', 0, userIdBytes);
  const userId = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  const deviceId = bytes.subarray(userIdBytes, userIdBytes + deviceIdBytes);
  return {
    userId,
    deviceId,
    until: new Date(bytes.readUIntBE(bytes.length - timeBytes, timeBytes)),
  };
}
