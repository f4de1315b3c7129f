// Manages the passkeys of a user: adding, renaming and removing them, and removing the password.
// Signing in with a passkey is in passkey-sign-in.service.ts.
import { randomBytes } from 'node:crypto';
import type { Knex } from 'knex';
import type { AuditEvent } from '#core/audit/audit.ts';
import {
  mayRemovePasskey,
  mayRemovePassword,
  maxPasskeys,
  readPasskeyName,
  userHandleBytes,
  type Passkey,
  type SignInMethods,
} from './passkeys.ts';
import type { ReadUser } from '#core/users/user-holds.store.ts';
import type { User } from '#core/users/users.ts';
import type { Database } from '#platform/database/postgres.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { Mail } from '#core/outbox/mail/mail.ts';
import type { Notifications } from '#core/outbox/notifications.service.ts';
import type { PasswordCredentialStore } from '#features/passwords/password-credentials.store.ts';
import type { UserStore } from '#core/users/users.store.ts';
import type { TrustedDevices } from '#features/trusted-devices/trusted-devices.service.ts';
import { passwordRemovedMail } from '#features/passwords/password-mail-templates.ts';
import { passkeyAddedMail, passkeyRemovedMail } from './mails/passkey-mail-templates.ts';
import type { PasskeyStore } from './passkeys.store.ts';
import { distinctName, providerOfAaguid } from './webauthn/authenticator-names.ts';
import { readRegistration } from './webauthn/responses.ts';
import type { PasskeyChallenges } from './passkey-challenges.service.ts';
import type { WebAuthn } from './webauthn/webauthn.ts';

export interface PasskeyDependencies {
  readonly db: Database;
  readonly store: PasskeyStore;
  readonly credentials: PasswordCredentialStore;
  readonly users: UserStore;
  readonly trustedDevices: TrustedDevices;
  readonly challenges: PasskeyChallenges;
  readonly webauthn: WebAuthn;
  readonly audit: Audit;
  readonly notifications: Notifications;
  readonly now: () => Date;
}

export type AddFault = 'refused' | 'taken' | 'too_many';
export type RemoveFault = 'unknown' | 'last';

export type AddOutcome =
  | { readonly ok: true; readonly synced: boolean }
  | { readonly ok: false; readonly reason: AddFault };

type Outcome<Fault> = { readonly ok: true } | { readonly ok: false; readonly reason: Fault };

/**
 * What a browser needs to tell authenticators which passkeys are still accepted (WebAuthn §5.1.10).
 */
export interface AcceptedPasskeys {
  readonly rpId: string;
  readonly userHandle: string;
}

async function note(
  { audit, notifications }: PasskeyDependencies,
  event: AuditEvent,
  mail: Mail | undefined,
  { userId, tx }: { readonly userId: string; readonly tx: Knex },
): Promise<void> {
  const by = { kind: 'user', id: userId } as const;
  await audit.append({ event, actor: by, userId }, tx);
  if (mail) await notifications.notifyOfAct(userId, mail, { by, tx });
}

async function rename(
  dependencies: PasskeyDependencies,
  user: ReadUser,
  { id, text }: { readonly id: string; readonly text: string },
  tx: Knex,
): Promise<boolean> {
  const { store } = dependencies;
  const { id: userId } = user;
  await dependencies.users.requireUnrevoked(user, tx);
  const name = readPasskeyName(text);
  const known = (await store.list(userId, tx)).find((passkey) => passkey.id === id);
  if (!known) return false;
  if (name === undefined || name === known.name) return true;
  await store.rename(userId, id, name, tx);
  await note(dependencies, 'passkey.renamed', undefined, { userId, tx });
  return true;
}

async function remove(
  dependencies: PasskeyDependencies,
  user: ReadUser,
  id: string,
  tx: Knex,
): Promise<Outcome<RemoveFault>> {
  const { store, trustedDevices } = dependencies;
  const { id: userId } = user;
  await dependencies.users.requireUnrevoked(user, tx);
  const ways = await store.signInMethods(userId, tx);
  const known = (await store.list(userId, tx)).find((passkey) => passkey.id === id);
  if (!known) return { ok: false, reason: 'unknown' };
  if (!mayRemovePasskey(ways)) return { ok: false, reason: 'last' };
  await trustedDevices.revokeAllIn(tx, userId, { kind: 'user', id: userId });
  await store.remove(userId, id, tx);
  const mail = passkeyRemovedMail({ passkey: known.name });
  await note(dependencies, 'passkey.removed', mail, { userId, tx });
  return { ok: true };
}

async function removePassword(
  dependencies: PasskeyDependencies,
  user: ReadUser,
  tx: Knex,
): Promise<boolean> {
  const { store, credentials, trustedDevices } = dependencies;
  const { id: userId } = user;
  await dependencies.users.requireUnrevoked(user, tx);
  if (!mayRemovePassword(await store.signInMethods(userId, tx))) return false;
  await trustedDevices.revokeAllIn(tx, userId, { kind: 'user', id: userId });
  await credentials.remove(userId, tx);
  await note(dependencies, 'password.removed', passwordRemovedMail(), { userId, tx });
  return true;
}

export function createPasskeys(dependencies: PasskeyDependencies) {
  const { db, store, challenges, webauthn, now } = dependencies;

  return {
    list: (userId: string): Promise<readonly Passkey[]> => store.list(userId),
    signInMethods: (userId: string): Promise<SignInMethods> => store.signInMethods(userId),
    async accepted(userId: string): Promise<AcceptedPasskeys | undefined> {
      const handle = await store.handleOf(userId);
      return handle && { rpId: webauthn.rpId, userHandle: handle.toString('base64url') };
    },
    /** Options for `navigator.credentials.create()`. */
    async registrationOptions({ id, email, claims }: User, sessionUid: string) {
      const handle = await store.ensureHandle(id, randomBytes(userHandleBytes));
      const challenge = await challenges.make({ purpose: 'register', binding: sessionUid });
      const known = await store.list(id);
      const displayName = claims.name ?? email;
      return webauthn.registrationOptions(challenge, { handle, name: email, displayName, known });
    },
    /**
     * @param user as read together with the session
     * @param device initial name of the passkey, until the user renames it, if its provider is
     * unknown
     */
    async add(
      user: ReadUser,
      sessionUid: string,
      { text, device }: { readonly text: string; readonly device: string },
    ): Promise<AddOutcome> {
      const read = readRegistration(text);
      if (!read) return { ok: false, reason: 'refused' };
      const { challenge } = read.clientData;
      const step = { purpose: 'register', binding: sessionUid } as const;
      if (!(await challenges.take(challenge, step))) return { ok: false, reason: 'refused' };
      const made = await webauthn.verifyRegistration(read, challenge);
      if (!made) return { ok: false, reason: 'refused' };
      const label = providerOfAaguid(made.aaguid) ?? readPasskeyName(device) ?? 'Passkey';
      const { id: userId } = user;
      return db.transaction(async (tx) => {
        await dependencies.users.requireUnrevoked(user, tx);
        const { passkeys } = await store.signInMethods(userId, tx);
        if (passkeys >= maxPasskeys) return { ok: false, reason: 'too_many' };
        const taken = (await store.list(userId, tx)).map((each) => each.name);
        const name = distinctName(label, taken);
        const passkey = { ...made, userId, name, createdAt: now(), lastUsedAt: undefined };
        if (!(await store.add(passkey, tx))) return { ok: false, reason: 'taken' };
        const mail = passkeyAddedMail({ passkey: name });
        await note(dependencies, 'passkey.added', mail, { userId, tx });
        return { ok: true, synced: passkey.deviceType === 'multiDevice' };
      });
    },
    /**
     * False: the user has no such passkey. This and the removals below throw AppError `session_expired` if
     * anything of the user was revoked since `user` was read.
     */
    rename: (user: ReadUser, id: string, text: string): Promise<boolean> =>
      db.transaction((tx) => rename(dependencies, user, { id, text }, tx)),
    remove: (user: ReadUser, id: string): Promise<Outcome<RemoveFault>> =>
      db.transaction((tx) => remove(dependencies, user, id, tx)),
    /** False: too few other sign-in methods would remain, or there is no password. */
    removePassword: (user: ReadUser): Promise<boolean> =>
      db.transaction((tx) => removePassword(dependencies, user, tx)),
  };
}

export type Passkeys = ReturnType<typeof createPasskeys>;
