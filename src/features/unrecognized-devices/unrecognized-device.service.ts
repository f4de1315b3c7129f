// "This was not me": the action behind the link in a mail about a new device. The link contains all
// its data, encrypted, so it does not depend on a store. It works only while the device is known,
// and therefore only once.
import type { AuditActor } from '#core/audit/audit.ts';
import { AppError } from '#platform/errors.ts';
import type { Keyring } from '#platform/crypto/encryption.ts';
import type { Database } from '#platform/database/postgres.ts';
import type { UserDeviceStore } from './user-devices.store.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { AccountCleanup } from '#core/account-data/account-cleanup.service.ts';
import type { Blocking } from '#core/revocation/revocation.service.ts';

const linkDays = 7;
const context = 'this was not me';
/** The owner still signs in with the password to change it; the reported device is removed before. */
const stayAfterReport = ['password_credentials', 'user_devices'];

export interface UserDevice {
  readonly userId: string;
  readonly deviceId: Buffer;
}

export interface UnrecognizedSignInDependencies {
  readonly db: Database;
  readonly devices: UserDeviceStore;
  readonly cleanup: AccountCleanup;
  readonly blocking: Blocking;
  readonly audit: Audit;
  readonly keyring: Keyring;
  readonly issuer: string;
  readonly now: () => Date;
}

export function createUnrecognizedSignIn(dependencies: UnrecognizedSignInDependencies) {
  const { db, devices, cleanup, blocking, audit, keyring, issuer, now } = dependencies;

  function read(token: string): UserDevice | undefined {
    const { userId, deviceId, until } = decode(openSealed(token)) ?? {};
    if (!userId || !deviceId || !until || until <= now()) return undefined;
    return { userId, deviceId };
  }

  /** A malformed or forged token is invalid input, not an internal error. */
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
    /** The time of the sign-in that the link is about; `undefined` if the link is not valid. */
    async timeOf(token: string): Promise<Date | undefined> {
      const device = read(token);
      return device && devices.firstUse(device.userId, device.deviceId);
    },
    /**
     * The password is compromised: revokes all sessions, grants and tokens of the user, forgets the
     * device, and removes every sign-in method and consent added since its first use. False: the
     * link was already used.
     */
    async disown(token: string): Promise<boolean> {
      const device = read(token);
      if (!device || !(await devices.firstUse(device.userId, device.deviceId))) return false;
      const { userId, deviceId } = device;
      const actor: AuditActor = { kind: 'user', id: userId };
      // Revokes first: a consumed link that has revoked nothing would be worse than a repeated
      // revocation.
      await blocking.revokeEverythingOf(userId, actor);
      return db.transaction(async (tx) => {
        const since = await devices.forget(userId, deviceId, tx);
        if (!since) return false;
        const takeover = { userId, at: now(), since, except: stayAfterReport };
        await cleanup.removeSinceTakeover(takeover, tx);
        await audit.append({ event: 'device.disowned', actor, userId }, tx);
        return true;
      });
    },
  };
}

export type UnrecognizedSignIn = ReturnType<typeof createUnrecognizedSignIn>;

const userIdBytes = 16;
const deviceIdBytes = 32;
const timeBytes = 6;

/** Kept short, because it is part of the URL. */
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
