// Registration with a verified email address. The account is created only when the code or link of
// the mail is used, which prevents pre-account hijacking. Response and timing are the same for new
// and known addresses.
import type { Knex } from 'knex';
import {
  signedInToNewAccount,
  signedInWith,
  type CompleteSignIn,
} from '#core/sessions/authentication.ts';
import { readProvenIdentity, type ProvenIdentity } from '#core/users/external-identity.ts';
import { readStandardClaims, type User } from '#core/users/users.ts';
import type { Database } from '#platform/database/postgres.ts';
import type {
  AccountFaults,
  AccountOutcome,
  AccountRequest,
  PreparedAccount,
  Registration,
} from './registration.service.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { Outbox } from '#core/outbox/outbox.service.ts';
import { registrationKnownMail, registrationMail } from './registration-mail-templates.ts';
import type { UserStore } from '#core/users/users.store.ts';
import type { MailThrottle } from '#features/email-tokens/email-throttle.service.ts';
import type {
  CodeFault,
  EmailToken,
  EmailTokens,
} from '#features/email-tokens/email-tokens.service.ts';
import {
  signInMethods,
  tokenExpired,
  interactionOf,
  type EmailRequestContext,
} from '#features/email-tokens/email-tokens.ts';

export type RegistrationEnd =
  | { readonly ok: true; readonly signIn: CompleteSignIn; readonly interaction: string | undefined }
  | { readonly ok: false; readonly reason: CodeFault };

export interface PendingRegistrationDependencies {
  readonly db: Database;
  readonly proofs: EmailTokens;
  readonly throttle: MailThrottle;
  readonly registration: Registration;
  readonly users: UserStore;
  /**
   * Makes the identity a sign-in method of the new account. False: it already belongs to another
   * account.
   */
  readonly linkIdentity: (userId: string, identity: ProvenIdentity, tx: Knex) => Promise<boolean>;
  readonly outbox: Outbox;
  readonly audit: Audit;
  readonly issuer: string;
}

export function createPendingRegistrations(dependencies: PendingRegistrationDependencies) {
  const { db, proofs, throttle, registration, users, linkIdentity, outbox } = dependencies;
  const { audit, issuer } = dependencies;

  /** Consumes the token and creates the account atomically. */
  async function make(
    proof: EmailToken,
    account: PreparedAccount,
    identity?: ProvenIdentity,
  ): Promise<User> {
    return db.transaction(async (tx: Knex.Transaction) => {
      if (!(await proofs.use(proof, tx))) throw tokenExpired();
      const proven = { ...account, emailVerified: true, proof: proof.id };
      const user = await registration.insert(proven, undefined, tx);
      if (identity && !(await linkIdentity(user.id, identity, tx))) throw tokenExpired();
      return user;
    });
  }

  /** Completes the registration in the browser that requested it, with the data entered there. */
  async function finish(proof: EmailToken): Promise<CompleteSignIn> {
    const identity = identityIn(proof);
    const user = await make(proof, accountOf(proof), identity);
    if (!identity) return signedInToNewAccount(user);
    return signedInWith('provider', { user, at: identity.at });
  }

  /** Sends the mail: with code and link, or, if an account exists, a notice to its owner. */
  async function send(
    account: PreparedAccount,
    identity: object | undefined,
    asking: EmailRequestContext,
  ) {
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
        ? registrationKnownMail(signInMethods(issuer))
        : registrationMail({ code, link });
      const to = known?.email ?? email;
      const words = known?.claims.locale ?? locale;
      await outbox.add([{ kind: 'mail', userId: known?.id, to, locale: words, ...mail }], tx);
      const actor = { kind: 'anonymous' } as const;
      const event = 'registration.requested';
      // The address is left out: an entry without a user id could never be erased on request.
      await audit.append({ event, actor, userId: known?.id, details: { proof: id } }, tx);
    });
  }

  return {
    /** Validates the request and sends the mail. @throws AppError `throttled` */
    async begin(
      request: AccountRequest,
      asking: EmailRequestContext,
    ): Promise<{ readonly ok: true } | AccountFaults> {
      const refused = registration.refuseDomain(request.email);
      if (refused) return refused;
      const prepared = await registration.prepare(request);
      if (!prepared.ok) return prepared;
      await send(prepared.account, undefined, asking);
      return { ok: true };
    },
    /** For a user authenticated by an identity provider. @throws AppError `throttled` */
    beginFor: (account: PreparedAccount, identity: ProvenIdentity, asking: EmailRequestContext) =>
      send(account, { ...identity, at: identity.at.getTime() }, asking),
    /** The name entered at registration, which the user may still correct. */
    nameIn: (proof: EmailToken) => accountOf(proof).claims.name,
    /** The latest registration requested in this browser. */
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
      return { ok: true, signIn: await finish(proof), interaction: interactionOf(proof) };
    },
    finishByLink: finish,
    /**
     * Completes the registration in another browser. The registration may have been started by an
     * attacker, so the password and all other data entered there are discarded.
     */
    async finishElsewhere(proof: EmailToken, request: AccountRequest): Promise<AccountOutcome> {
      const prepared = await registration.prepare({ ...request, email: proof.email });
      if (!prepared.ok) return prepared;
      return { ok: true, user: await make(proof, prepared.account) };
    },
  };
}

export type PendingRegistrations = ReturnType<typeof createPendingRegistrations>;

function accountOf({ email, emailKey, content }: EmailToken): PreparedAccount {
  const { claims, passwordHash, terms } = content;
  const hash = typeof passwordHash === 'string' ? passwordHash : undefined;
  if (hash === '' || (hash === undefined && !identityIn({ content }))) throw tokenExpired();
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

/** The identity that a provider authenticated when the mail was requested. */
function identityIn({ content }: Pick<EmailToken, 'content'>): ProvenIdentity | undefined {
  const { identity } = content;
  // The assertion holds because a JSON object has string keys only, and no array is written here.
  return typeof identity === 'object' && identity !== null
    ? readProvenIdentity(identity as Readonly<Record<string, unknown>>)
    : undefined;
}
