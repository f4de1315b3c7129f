// Registering with a proven mailbox: the account is made when the code or the link of the mail comes
// back, and not before, so that nobody can hold an account with somebody else's address ready. What
// the page says and how long it takes is the same for new and known addresses.
import type { Knex } from 'knex';
import {
  signedInToNewAccount,
  signedInWith,
  type CompleteSignIn,
} from '#core/sessions/authentication.ts';
import { AppError } from '#platform/errors.ts';
import type { ProvenIdentity } from '#features/federation/identities.ts';
import { readStandardClaims, type User } from '#core/users/users.ts';
import type { Database } from '#platform/database/postgres.ts';
import type {
  AccountFaults,
  AccountOutcome,
  AccountRequest,
  PreparedAccount,
  Registration,
} from '#features/account-creation/account-creation.service.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { Outbox } from '#core/outbox/outbox.service.ts';
import type { Identities } from '#features/federation/identities.service.ts';
import { readProven } from '#features/federation/upstream-requests.service.ts';
import type { UserStore } from '#core/users/users.store.ts';
import type { CodeFault, MailProof, MailProofs } from './email-tokens.service.ts';
import type { MailThrottle } from './email-throttle.service.ts';

/** What is asked for in this browser, and where the person was going. */
export interface Asking {
  readonly binding: string;
  readonly locale: string | undefined;
  /** The sign-in for an app that it began in. */
  readonly interaction: string | undefined;
  /** Where the request comes from, as the edge saw it. */
  readonly address: string;
  /** Present when this browser has signed in to the account before. */
  readonly knownDevice?: string | undefined;
}

export type RegistrationEnd =
  | { readonly ok: true; readonly signIn: CompleteSignIn; readonly interaction: string | undefined }
  | { readonly ok: false; readonly reason: CodeFault };

export interface RegisteringDependencies {
  readonly db: Database;
  readonly proofs: MailProofs;
  readonly throttle: MailThrottle;
  readonly registration: Registration;
  readonly users: UserStore;
  readonly identities: Identities;
  readonly outbox: Outbox;
  readonly audit: Audit;
  readonly issuer: string;
}

export function createRegistering(dependencies: RegisteringDependencies) {
  const { db, proofs, throttle, registration, users, identities, outbox } = dependencies;
  const { audit, issuer } = dependencies;

  /** The account, and the proof spent for it: both or neither. */
  async function make(
    proof: MailProof,
    account: PreparedAccount,
    identity?: ProvenIdentity,
  ): Promise<User> {
    return db.transaction(async (tx: Knex.Transaction) => {
      if (!(await proofs.use(proof, tx))) throw usedUp();
      const proven = { ...account, emailVerified: true, proof: proof.id };
      const user = await registration.insert(proven, undefined, tx);
      if (identity && !(await identities.join(user.id, identity, tx))) throw usedUp();
      return user;
    });
  }

  /** In the browser that asked: what was typed or proven there counts. */
  async function finish(proof: MailProof): Promise<CompleteSignIn> {
    const identity = identityIn(proof);
    const user = await make(proof, accountOf(proof), identity);
    if (!identity) return signedInToNewAccount(user);
    return signedInWith('provider', { user, at: identity.at });
  }

  /** The mail: with a code and a link, or to somebody who has an account already. */
  async function send(account: PreparedAccount, identity: object | undefined, asking: Asking) {
    const { binding, locale, interaction } = asking;
    const { email, emailKey, claims, terms } = account;
    await throttle.admit({ ...asking, email });
    const known = await users.findByEmailKey(emailKey);
    const passwordHash = known ? '' : account.passwordHash;
    const content = { passwordHash, claims, terms, interaction, identity };
    const order = { kind: 'registration', email, emailKey, binding, content } as const;
    await db.transaction(async (tx) => {
      const { id, token, code } = await proofs.issue({ ...order, works: !known }, tx);
      const link = `${issuer}/auth/verify/link/${token}`;
      const mail = known
        ? { template: 'registration_known', values: waysIn(issuer) }
        : { template: 'registration', values: { code, link } };
      const to = known?.email ?? email;
      const words = known?.claims.locale ?? locale;
      await outbox.add([{ kind: 'mail', userId: known?.id, to, locale: words, ...mail }], tx);
      const actor = { kind: 'anonymous' } as const;
      const event = 'registration.requested';
      // Not the address: an entry about nobody's account could never be erased.
      await audit.append({ event, actor, userId: known?.id, details: { proof: id } }, tx);
    });
  }

  return {
    /** @throws AppError `throttled`. Sends a mail: with a code and a link, or to somebody who has an account already. */
    async begin(
      request: AccountRequest,
      asking: Asking,
    ): Promise<{ readonly ok: true } | AccountFaults> {
      const refused = registration.refuseDomain(request.email);
      if (refused) return refused;
      const prepared = await registration.prepare(request);
      if (!prepared.ok) return prepared;
      await send(prepared.account, undefined, asking);
      return { ok: true };
    },
    /** Without a password: for somebody whom a provider vouches for. @throws AppError `throttled` */
    beginFor: (account: PreparedAccount, identity: ProvenIdentity, asking: Asking) =>
      send(account, { ...identity, at: identity.at.getTime() }, asking),
    /** The name that was typed, to be looked at before it is taken. */
    nameIn: (proof: MailProof) => accountOf(proof).claims.name,
    /** What this browser registered last. */
    findPending: (binding: string | undefined) => proofs.findByBinding(binding, 'registration'),
    async finishByCode(
      proofId: string,
      code: string,
      binding: string | undefined,
    ): Promise<RegistrationEnd> {
      const typed = { proofId, kinds: ['registration'], code, holder: { binding } } as const;
      const checked = await proofs.checkCode(typed);
      if (!checked.ok) return checked;
      const { proof } = checked;
      return { ok: true, signIn: await finish(proof), interaction: wayOf(proof) };
    },
    finishByLink: finish,
    /**
     * In another browser: whoever registered may have been somebody else, so that neither the
     * password nor anything else that was typed there counts.
     */
    async finishElsewhere(proof: MailProof, request: AccountRequest): Promise<AccountOutcome> {
      const prepared = await registration.prepare({ ...request, email: proof.email });
      if (!prepared.ok) return prepared;
      return { ok: true, user: await make(proof, prepared.account) };
    },
  };
}

export type Registering = ReturnType<typeof createRegistering>;

/** For people who forgot that they have an account. */
export function waysIn(issuer: string): Readonly<Record<string, string>> {
  return { link: `${issuer}/auth/sign-in`, other: `${issuer}/auth/recover` };
}

/** The sign-in for an app that it began in. */
export function wayOf({ content }: MailProof): string | undefined {
  const { interaction } = content;
  return typeof interaction === 'string' ? interaction : undefined;
}

export function usedUp(): AppError {
  return new AppError('expired', 'This link is no longer good.');
}

function accountOf({ email, emailKey, content }: MailProof): PreparedAccount {
  const { claims, passwordHash, terms } = content;
  const hash = typeof passwordHash === 'string' ? passwordHash : undefined;
  if (hash === '' || (hash === undefined && !identityIn({ content }))) throw usedUp();
  return {
    email,
    emailKey,
    emailVerified: false,
    claims: readStandardClaims(claims),
    passwordHash: hash,
    terms: typeof terms === 'string' ? terms : undefined,
    proof: undefined,
  };
}

/** Whom a provider vouched for when it was asked for. */
function identityIn({ content }: Pick<MailProof, 'content'>): ProvenIdentity | undefined {
  const { identity } = content;
  // True because JSON has objects and values only, and no list is ever written here.
  return typeof identity === 'object' && identity !== null
    ? readProven(identity as Readonly<Record<string, unknown>>)
    : undefined;
}
