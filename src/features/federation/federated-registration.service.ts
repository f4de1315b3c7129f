// Creates accounts for users authenticated by an identity provider. The email address counts as
// verified only if the provider is trusted for it; otherwise it is verified by mail.
import type { ProvenIdentity } from '#core/users/external-identity.ts';
import type { Knex } from 'knex';
import { signedInWith, type CompleteSignIn } from '#core/sessions/authentication.ts';
import { AppError, isAppError } from '#platform/errors.ts';
import { canonicalEmail } from '#core/users/email-addresses.ts';
import type { User } from '#core/users/users.ts';
import type { Database } from '#platform/database/postgres.ts';
import type {
  AccountFaults,
  PreparedAccount,
  Registration,
} from '#features/registration/registration.service.ts';
import type { Config } from '#config/config.ts';
import type { EmailToken, EmailTokens } from '#features/email-tokens/email-tokens.service.ts';
import { tokenExpired, type EmailRequestContext } from '#features/email-tokens/email-tokens.ts';
import { type PendingRegistrations } from '#features/registration/verified-registration.service.ts';
import type { Verification } from '#features/email-verification/email-verification.service.ts';
import type { UserStore } from '#core/users/users.store.ts';
import type { Identities } from './identities.service.ts';

export interface NewAccountDependencies {
  readonly db: Database;
  readonly users: UserStore;
  readonly registration: Registration;
  readonly pendingRegistrations: PendingRegistrations;
  readonly verification: Verification;
  readonly identities: Identities;
  readonly proofs: EmailTokens;
  readonly rule: Config['registration'];
  /** If true, an address that is not trusted is verified before the account is created. */
  readonly verifyFirst: boolean;
}

/** The data of the form, which is prefilled with claims of the provider. */
export type TypedAccount = Pick<PreparedAccount, 'email' | 'claims' | 'terms'>;

export type NewAccountOutcome =
  | { readonly ok: true; readonly made: CompleteSignIn }
  /** A mail has been sent; the account is created when its code or link is used. */
  | { readonly ok: true; readonly made: undefined }
  | AccountFaults;

export function createProviderAccounts(dependencies: NewAccountDependencies) {
  const { db, users, registration, pendingRegistrations, verification } = dependencies;
  const { identities, proofs, rule } = dependencies;

  /** True if the address is the one that the provider vouches for; false if the user changed it. */
  function isVouchedFor(email: string, proven: ProvenIdentity): boolean {
    return (
      proven.emailTrusted &&
      proven.email !== undefined &&
      canonicalEmail(email) === canonicalEmail(proven.email)
    );
  }

  /** Finds the invitation for a trusted address, if registration requires an invitation. */
  async function invitationOf({ email, emailTrusted }: ProvenIdentity) {
    if (rule !== 'invite' || !emailTrusted || email === undefined) return undefined;
    return proofs.findInvitation(canonicalEmail(email));
  }

  async function accept(account: PreparedAccount, proven: ProvenIdentity, invitation: EmailToken) {
    const invited = { ...account, emailVerified: true, proof: invitation.id };
    return insert(invited, proven, async (_user, tx) => {
      if (!(await proofs.use(invitation, tx))) throw tokenExpired();
    });
  }

  async function insert(
    account: PreparedAccount,
    proven: ProvenIdentity,
    beside: (user: User, tx: Knex.Transaction) => Promise<void>,
  ): Promise<NewAccountOutcome> {
    try {
      const user = await db.transaction(async (tx) => {
        const made = await registration.insert(account, undefined, tx);
        if (!(await identities.join(made.id, proven, tx))) throw taken();
        await beside(made, tx);
        return made;
      });
      return { ok: true, made: signedInWith('provider', { user, at: proven.at }) };
    } catch (error) {
      if (isAppError(error, 'email_taken')) return { ok: false, email: 'email_taken' };
      throw error;
    }
  }

  return {
    mayRegister: async (proven: ProvenIdentity): Promise<boolean> =>
      rule === 'open' || (await invitationOf(proven)) !== undefined,
    /**
     * True if an account with the trusted address exists. This may be revealed because the provider
     * has proven that the user controls the mailbox.
     */
    async isKnown(proven: ProvenIdentity): Promise<boolean> {
      if (!proven.emailTrusted || proven.email === undefined) return false;
      return (await users.findByEmailKey(canonicalEmail(proven.email))) !== undefined;
    },
    /** @throws AppError `throttled`, `registration_closed` */
    async create(
      typed: TypedAccount,
      proven: ProvenIdentity,
      asking: () => EmailRequestContext,
    ): Promise<NewAccountOutcome> {
      const emailVerified = isVouchedFor(typed.email, proven);
      const prepared = registration.prepareWithout({ ...typed, emailVerified });
      if (!prepared.ok) return prepared;
      const invitation = emailVerified ? await invitationOf(proven) : undefined;
      if (invitation) return accept(prepared.account, proven, invitation);
      if (rule !== 'open') throw closed();
      const refused = registration.refuseDomain(typed.email);
      if (refused) return refused;
      if (emailVerified) return insert(prepared.account, proven, async () => {});
      if (dependencies.verifyFirst) {
        await pendingRegistrations.beginFor(prepared.account, proven, asking());
        return { ok: true, made: undefined };
      }
      const { locale } = asking();
      return insert(prepared.account, proven, (user, tx) => verification.ask(user, tx, locale));
    },
  };
}

export type ProviderAccounts = ReturnType<typeof createProviderAccounts>;

function closed(): AppError {
  return new AppError('registration_closed', 'New accounts cannot be created here at the moment.');
}

function taken(): AppError {
  return new AppError(
    'conflict',
    'The external account is already linked. Please sign in with it.',
  );
}
