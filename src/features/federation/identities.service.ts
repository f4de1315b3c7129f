// External identities: sign-in with one, linking it to an account and unlinking it. Identities are
// never linked because of an equal email address; the user must have authenticated to both
// accounts.
import type { PendingIdentity, ProvenIdentity } from '#core/users/external-identity.ts';
import type { Knex } from 'knex';
import type { Rank } from '#core/access-control/rank.service.ts';
import type { AuditActor } from '#core/audit/audit.ts';
import { signedInWith, type CompleteSignIn } from '#core/sessions/authentication.ts';
import { mayUnlink, maxIdentities, type Identity } from './identities.ts';
import { isBlocked } from '#core/subject-status/subject-status.ts';
import type { ReadUser } from '#core/users/user-holds.store.ts';
import type { User } from '#core/users/users.ts';
import type { Database } from '#platform/database/postgres.ts';
import type { ActiveProviders } from '#features/identity-providers/active-providers.service.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { Notifications } from '#core/outbox/notifications.service.ts';
import type { SecondFactor } from '#features/mfa/mfa.service.ts';
import { identityLinkedMail, identityUnlinkedMail } from './federation-mail-templates.ts';
import type { IdentityStore } from './identities.store.ts';
import type { SignInCounter } from '#core/sessions/metrics/session-metrics.ts';
import type { UserStore } from '#core/users/users.store.ts';
import type { PasskeyStore } from '#features/passkeys/passkeys.store.ts';
import type { TrustedDevices } from '#features/trusted-devices/trusted-devices.service.ts';

export interface IdentityDependencies {
  readonly db: Database;
  readonly rank: Rank;
  readonly store: IdentityStore;
  readonly users: UserStore;
  readonly passkeys: PasskeyStore;
  readonly secondFactor: SecondFactor;
  readonly trustedDevices: TrustedDevices;
  readonly providers: ActiveProviders;
  readonly audit: Audit;
  readonly notifications: Notifications;
  readonly signIns: SignInCounter;
  readonly now: () => Date;
}

export type IdentitySignIn =
  | {
      readonly kind: 'known';
      readonly user: User;
      /** Time of the authentication at the provider. */
      readonly at: Date;
      /** `undefined` if a second factor is required. */
      readonly signIn: CompleteSignIn | undefined;
    }
  | { readonly kind: 'blocked' }
  /** The user's sessions were revoked after the provider had responded. */
  | { readonly kind: 'outdated' }
  | { readonly kind: 'unknown' };

export type LinkFault = 'taken' | 'too_many';
export type UnlinkFault = 'unknown' | 'last';
type Outcome<Fault> = { readonly ok: true } | { readonly ok: false; readonly reason: Fault };

const anonymous = { kind: 'anonymous' } as const;

function nameOf(providers: ActiveProviders, issuer: string): string {
  const provider = providers.list.find((each) => each.issuer === issuer);
  return provider?.name ?? URL.parse(issuer)?.host ?? '';
}

async function note(
  { audit, notifications, providers }: IdentityDependencies,
  event: 'identity.linked' | 'identity.unlinked',
  { userId, issuer, providerId }: Pick<Identity, 'userId' | 'issuer' | 'providerId'>,
  { by, tx }: { readonly by: AuditActor; readonly tx: Knex },
): Promise<void> {
  await audit.append({ event, actor: by, userId, details: { provider: providerId } }, tx);
  const mail = event === 'identity.linked' ? identityLinkedMail : identityUnlinkedMail;
  const notice = mail({ provider: nameOf(providers, issuer) });
  await notifications.notifyOfAct(userId, notice, { by, tx });
}

/** Returns false if the identity is already linked to an account. */
async function add(
  { store, now }: IdentityDependencies,
  userId: string,
  proven: ProvenIdentity,
  { tx, isUsed }: { readonly tx: Knex; readonly isUsed: boolean },
): Promise<boolean> {
  const { providerId, issuer, subject, email } = proven;
  const at = now();
  const facts = { userId, providerId, issuer, subject, email };
  return store.add({ ...facts, linkedAt: at, lastUsedAt: isUsed ? at : undefined }, tx);
}

function countRefusal({ signIns }: IdentityDependencies): void {
  signIns.add({ outcome: 'refused', method: 'provider' });
}

async function signIn(
  dependencies: IdentityDependencies,
  proven: PendingIdentity,
  clientId: string | undefined,
): Promise<IdentitySignIn> {
  const { store, users, secondFactor, audit, now } = dependencies;
  const identity = await store.find(proven.issuer, proven.subject);
  if (!identity) return { kind: 'unknown' };
  const { userId } = identity;
  const user = await users.findById(userId);
  if (!user || isBlocked(user, now())) {
    const details = { reason: 'blocked', provider: proven.providerId };
    countRefusal(dependencies);
    const event = 'sign_in.refused';
    await audit.append({ event, actor: anonymous, userId, clientId, details });
    return { kind: 'blocked' };
  }
  if (user.notBefore && user.notBefore > proven.provenAt) return { kind: 'outdated' };
  // The user was read before: unlinking from now on cancels this sign-in by the user's security version.
  if (!(await store.use(identity.id, proven, now()))) return { kind: 'unknown' };
  const actor = { kind: 'user', id: userId } as const;
  const details = { provider: proven.providerId };
  await audit.append({ event: 'identity.used', actor, userId, clientId, details });
  const { since } = await secondFactor.state(userId);
  const complete = since ? undefined : signedInWith('provider', { user, at: proven.at });
  return { kind: 'known', user, at: proven.at, signIn: complete };
}

async function link(
  dependencies: IdentityDependencies,
  user: User,
  proven: ProvenIdentity,
  tx: Knex,
): Promise<Outcome<LinkFault>> {
  const { store, users, passkeys } = dependencies;
  const { id: userId } = user;
  await users.requireUnrevoked(user, tx);
  await passkeys.signInMethods(userId, tx);
  const known = await store.list(userId, tx);
  const { issuer, subject, providerId } = proven;
  if (known.some((each) => each.issuer === issuer && each.subject === subject)) {
    return { ok: true };
  }
  if (known.length >= maxIdentities) return { ok: false, reason: 'too_many' };
  if (!(await add(dependencies, userId, proven, { tx, isUsed: false }))) {
    return { ok: false, reason: 'taken' };
  }
  const by = { kind: 'user', id: userId } as const;
  await note(dependencies, 'identity.linked', { userId, issuer, providerId }, { by, tx });
  return { ok: true };
}

async function unlink(
  dependencies: IdentityDependencies,
  user: ReadUser,
  id: string,
  tx: Knex,
): Promise<Outcome<UnlinkFault>> {
  const { store, users, passkeys, providers, trustedDevices } = dependencies;
  const { id: userId } = user;
  await users.requireUnrevoked(user, tx);
  const ways = await passkeys.signInMethods(userId, tx);
  const identity = (await store.list(userId, tx)).find((each) => each.id === id);
  if (!identity) return { ok: false, reason: 'unknown' };
  const works = providers.list.some(({ issuer }) => issuer === identity.issuer);
  if (!mayUnlink(ways, works)) return { ok: false, reason: 'last' };
  const by = { kind: 'user', id: userId } as const;
  await trustedDevices.revokeAllIn(tx, userId, by);
  await store.remove(userId, id, tx);
  await note(dependencies, 'identity.unlinked', identity, { by, tx });
  return { ok: true };
}

async function remove(
  dependencies: IdentityDependencies,
  { userId, id }: Pick<Identity, 'userId' | 'id'>,
  by: AuditActor,
  tx: Knex,
): Promise<boolean> {
  const { rank, store, passkeys, trustedDevices } = dependencies;
  await rank.prove(by, { userId }, tx);
  await passkeys.signInMethods(userId, tx);
  const identity = (await store.list(userId, tx)).find((each) => each.id === id);
  if (!identity || !(await store.remove(userId, id, tx))) return false;
  await trustedDevices.revokeAllIn(tx, userId, by);
  await note(dependencies, 'identity.unlinked', identity, { by, tx });
  return true;
}

export function createIdentities(dependencies: IdentityDependencies) {
  const { db, store, providers, audit } = dependencies;

  return {
    list: (userId: string): Promise<readonly Identity[]> => store.list(userId),
    nameOf: (issuer: string): string => nameOf(providers, issuer),
    /** For a sign-in that failed before the identity was known. */
    countRefusedSignIn: (): void => countRefusal(dependencies),
    works: (issuer: string) => providers.list.some((provider) => provider.issuer === issuer),
    /** Finds the user of the identity and decides whether the user may sign in. */
    signIn: (proven: PendingIdentity, clientId: string | undefined): Promise<IdentitySignIn> =>
      signIn(dependencies, proven, clientId),
    /** True if the identity is linked to the user. */
    async isOf(userId: string, { issuer, subject }: ProvenIdentity): Promise<boolean> {
      return (await store.find(issuer, subject))?.userId === userId;
    },
    /**
     * Links the identity to a new account, in the transaction that creates the account. Returns
     * false if the identity is already linked.
     */
    async join(userId: string, proven: ProvenIdentity, tx: Knex): Promise<boolean> {
      if (!(await add(dependencies, userId, proven, { tx, isUsed: true }))) return false;
      const actor = { kind: 'user', id: userId } as const;
      const details = { provider: proven.providerId };
      await audit.append({ event: 'identity.linked', actor, userId, details }, tx);
      return true;
    },
    /**
     * Links the identity to the account of a user, as read with the session.
     * @throws AppError `session_expired` if the session has been revoked meanwhile
     */
    link: (user: User, proven: ProvenIdentity): Promise<Outcome<LinkFault>> =>
      db.transaction((tx) => link(dependencies, user, proven, tx)),
    /**
     * Unlinks an identity for the user, unless it is the last working sign-in method.
     * @throws AppError as `link`
     */
    unlink: (user: ReadUser, id: string): Promise<Outcome<UnlinkFault>> =>
      db.transaction((tx) => unlink(dependencies, user, id, tx)),
    /**
     * Unlinks an identity for an operator, even the last sign-in method, because the user can set a
     * password by mail. Returns false if the identity is not found.
     */
    remove: (userId: string, id: string, by: AuditActor): Promise<boolean> =>
      db.transaction((tx) => remove(dependencies, { userId, id }, by, tx)),
  };
}

export type Identities = ReturnType<typeof createIdentities>;
