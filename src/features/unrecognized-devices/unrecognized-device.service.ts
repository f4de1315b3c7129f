// "This was not me": the action behind the link in a mail about a new device. The link contains all
// its data, encrypted, so it does not depend on a store. It works only while the device is known,
// and therefore only once.
import type { AuditActor } from '#core/audit/audit.ts';
import { AppError, isAppError } from '#platform/errors.ts';
import type { Keyring } from '#platform/crypto/encryption.ts';
import type { UserDeviceStore } from './user-devices.store.ts';
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

/** What the mail says about the sign-in, for the page behind its link to repeat. */
export interface SignInFacts {
  /** Browser and system; empty if unknown. */
  readonly device: string;
  /** The IP address; empty if unknown. */
  readonly address: string;
}

export interface ReportedSignIn extends SignInFacts {
  readonly at: Date;
}

export interface UnrecognizedSignInDependencies {
  readonly devices: UserDeviceStore;
  readonly cleanup: AccountCleanup;
  readonly blocking: Blocking;
  readonly keyring: Keyring;
  readonly issuer: string;
  readonly now: () => Date;
}

export function createUnrecognizedSignIn(dependencies: UnrecognizedSignInDependencies) {
  const { devices, cleanup, blocking, keyring, issuer, now } = dependencies;

  function read(token: string): (UserDevice & SignInFacts) | undefined {
    const content = decode(openSealed(token));
    return content && content.until > now() ? content : undefined;
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
    linkFor(signIn: UserDevice & SignInFacts): string {
      const until = new Date(now().getTime() + linkDays * 24 * 60 * 60 * 1000);
      return `${issuer}/auth/not-me/${keyring.seal(encode(signIn, until), context)}`;
    },
    /** The sign-in that the link is about; `undefined` if the link is not valid. */
    async find(token: string): Promise<ReportedSignIn | undefined> {
      const content = read(token);
      if (!content) return undefined;
      const { userId, deviceId, device, address } = content;
      const at = await devices.firstUse(userId, deviceId);
      return at && { at, device, address };
    },
    /**
     * The password may be compromised: revokes all sessions, grants and tokens of the user, forgets the
     * device, and removes every sign-in method and consent added since its first use. False: the
     * link was already used.
     */
    async disown(token: string): Promise<boolean> {
      const device = read(token);
      if (!device || !(await devices.firstUse(device.userId, device.deviceId))) return false;
      const { userId, deviceId } = device;
      const actor: AuditActor = { kind: 'user', id: userId };
      try {
        await blocking.revokeEverythingWith(userId, actor, 'device.disowned', async (tx, at) => {
          const since = await devices.forget(userId, deviceId, tx);
          if (!since) throw linkUsed();
          await cleanup.removeSinceTakeover({ userId, at, since, except: stayAfterReport }, tx);
        });
      } catch (error) {
        if (isAppError(error, 'expired')) return false;
        throw error;
      }
      return true;
    },
  };
}

export type UnrecognizedSignIn = ReturnType<typeof createUnrecognizedSignIn>;

/** Rolls the revocation back. */
function linkUsed(): AppError {
  return new AppError('expired', 'This link was already used.');
}

const userIdBytes = 16;
const deviceIdBytes = 32;
const timeBytes = 6;

/** Kept short, because it is part of the URL. The facts of the mail follow, one a line. */
function encode(signIn: UserDevice & SignInFacts, until: Date): Buffer {
  const { userId, deviceId, address, device } = signIn;
  const time = Buffer.alloc(timeBytes);
  time.writeUIntBE(until.getTime(), 0, timeBytes);
  const facts = Buffer.from(`${address}\n${device}`);
  return Buffer.concat([Buffer.from(userId.replaceAll('-', ''), 'hex'), deviceId, time, facts]);
}

/** Links of version 0.1.0 contain no facts. */
function decode(bytes: Buffer | undefined) {
  const timeEnd = userIdBytes + deviceIdBytes + timeBytes;
  if (bytes === undefined || bytes.length < timeEnd) return undefined;
  const hex = bytes.toString('hex', 0, userIdBytes);
  const userId = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  const deviceId = bytes.subarray(userIdBytes, userIdBytes + deviceIdBytes);
  const [address = '', device = ''] = bytes.toString('utf8', timeEnd).split('\n');
  const until = new Date(bytes.readUIntBE(userIdBytes + deviceIdBytes, timeBytes));
  return { userId, deviceId, until, address, device };
}
