// Creates accounts: by self-registration, by an operator, and for the first administrator.
import type { EmailFault } from '#core/users/email-addresses.ts';
import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import type { AuditActor } from '#core/audit/audit.ts';
import { AppError, isAppError } from '#platform/errors.ts';
import { checkEmail, isAtDomain } from '#core/users/email-addresses.ts';
import { checkPassword, type PasswordFault } from '#features/passwords/passwords.ts';
import type { StandardClaims, User } from '#core/users/users.ts';
import { afterCommit } from '#platform/database/after-commit.ts';
import type { Database } from '#platform/database/postgres.ts';
import type { PasswordHasher } from '#platform/crypto/password-hashing.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { PasswordCredentialStore } from '#features/passwords/password-credentials.store.ts';
import type { UserStore } from '#core/users/users.store.ts';
import type { RegistrationCounter } from './registration-metrics.ts';

export interface AccountRequest {
  readonly email: string;
  readonly password: string;
  readonly claims: StandardClaims;
  readonly emailVerified?: boolean;
  /** The version of the terms that the user has just accepted. */
  readonly terms?: string | undefined;
  /** The id of the email token that proved the address, for the audit. */
  readonly proof?: string | undefined;
  /** True if an operator creates the account and vouches for the address. */
  readonly madeByOperator?: boolean;
}

/** A validated request with the hashed password; nothing has been stored yet. */
export interface PreparedAccount {
  readonly email: string;
  readonly emailKey: string;
  readonly emailVerified: boolean;
  readonly claims: StandardClaims;
  /** `undefined` if the user signs in by another method. */
  readonly passwordHash: string | undefined;
  readonly terms: string | undefined;
  readonly proof: string | undefined;
  readonly madeByOperator?: boolean | undefined;
}

type Prepared<Account> = { readonly ok: true; readonly account: Account } | AccountFaults;
export type Preparation = Prepared<PreparedAccount & { readonly passwordHash: string }>;

export interface AccountFaults {
  readonly ok: false;
  readonly email?: EmailFault;
  readonly password?: PasswordFault;
}

export type AccountOutcome = { readonly ok: true; readonly user: User } | AccountFaults;

export interface RegistrationDependencies {
  readonly db: Database;
  readonly users: UserStore;
  readonly credentials: PasswordCredentialStore;
  readonly hasher: PasswordHasher;
  readonly audit: Audit;
  readonly isCommonPassword: () => (word: string) => boolean;
  readonly productName: string;
  readonly minimumPasswordLength: number;
  /** Mail domains that are open to self-registration; an empty list allows all. */
  readonly registrationDomains: readonly string[];
  readonly registrations: RegistrationCounter;
  readonly now: () => Date;
}

/** Writes further rows in the transaction that creates the account. */
type Join = (tx: Knex.Transaction, user: User) => Promise<void>;

function check(
  dependencies: RegistrationDependencies,
  { email, password, claims }: AccountRequest,
) {
  const address = checkEmail(email);
  const checked = checkPassword(password, {
    email,
    name: claims.name,
    productName: dependencies.productName,
    minimumLength: dependencies.minimumPasswordLength,
    isCommon: dependencies.isCommonPassword(),
  });
  return { address, checked };
}

/** Hashes the password before any lookup, so that known and new addresses take equally long. */
async function prepare(
  dependencies: RegistrationDependencies,
  request: AccountRequest,
): Promise<Preparation> {
  const { address, checked } = check(dependencies, request);
  if (!address.ok || !checked.ok) {
    return {
      ok: false,
      ...(address.ok ? {} : { email: `email_${address.reason}` as const }),
      ...(checked.ok ? {} : { password: checked.reason }),
    };
  }
  const { email, key: emailKey } = address;
  const { claims, emailVerified = false, terms, proof, madeByOperator } = request;
  const passwordHash = await dependencies.hasher.hash(request.password);
  const origin = { terms, proof, madeByOperator };
  return {
    ok: true,
    account: { email, emailKey, emailVerified, claims, ...origin, passwordHash },
  };
}

/** Prepares an account without a password, for a user authenticated by an identity provider. */
function prepareWithout(request: Omit<AccountRequest, 'password'>): Prepared<PreparedAccount> {
  const address = checkEmail(request.email);
  if (!address.ok) return { ok: false, email: `email_${address.reason}` };
  const { email, key: emailKey } = address;
  const { claims, emailVerified = false, terms, proof } = request;
  const passwordHash = undefined;
  return {
    ok: true,
    account: { email, emailKey, emailVerified, claims, terms, proof, passwordHash },
  };
}

async function insert(
  { users, credentials, audit, registrations, now }: RegistrationDependencies,
  { passwordHash, emailVerified, terms, proof, ...account }: PreparedAccount,
  by: AuditActor | undefined,
  tx: Knex.Transaction,
): Promise<User> {
  const id = randomUUID();
  const at = now();
  const emailVerifiedAt = emailVerified ? at : undefined;
  await users.insert({ ...account, id, emailVerifiedAt, createdAt: at, terms }, tx);
  if (passwordHash !== undefined) await credentials.set(id, passwordHash, at, tx);
  const user = await users.findById(id, tx);
  if (!user) throw new AppError('internal', 'The new account could not be read back.');
  const actor: AuditActor = by ?? { kind: 'user', id };
  await audit.append(
    { event: 'user.registered', actor, userId: id, details: { terms, proof } },
    tx,
  );
  const ownMethod = passwordHash === undefined ? 'provider' : 'password';
  const method = by === undefined ? ownMethod : 'operator';
  afterCommit(tx, () => registrations.add({ method }));
  return user;
}

interface Creation {
  readonly request: AccountRequest;
  readonly by?: AuditActor;
  /** Runs in the transaction that creates the account. */
  readonly join?: Join | undefined;
}

async function create(
  dependencies: RegistrationDependencies,
  { request, by, join }: Creation,
): Promise<AccountOutcome> {
  const prepared = await prepare(dependencies, request);
  if (!prepared.ok) return prepared;
  try {
    return await dependencies.db.transaction(async (tx) => {
      const user = await insert(dependencies, prepared.account, by, tx);
      await join?.(tx, user);
      return { ok: true, user };
    });
  } catch (error) {
    if (isAppError(error, 'email_taken')) {
      return { ok: false, email: 'email_taken' };
    }
    throw error;
  }
}

export function createRegistration(dependencies: RegistrationDependencies) {
  const { registrationDomains } = dependencies;

  /**
   * Applies the domain rule of self-registration. The answer depends on the domain only, so that it
   * does not reveal accounts.
   */
  function refuseDomain(email: string): AccountFaults | undefined {
    const address = checkEmail(email);
    if (!address.ok || isAtDomain(address.key, registrationDomains)) return undefined;
    return { ok: false, email: 'email_domain' };
  }

  return {
    prepare: (request: AccountRequest) => prepare(dependencies, request),
    prepareWithout,
    /** @throws AppError `email_taken` */
    insert: (account: PreparedAccount, by: AuditActor | undefined, tx: Knex.Transaction) =>
      insert(dependencies, account, by, tx),
    refuseDomain,
    /** Self-registration. The caller checks whether registration is open. */
    async register(request: AccountRequest, join?: Join): Promise<AccountOutcome> {
      const refused = refuseDomain(request.email);
      return refused ?? create(dependencies, { request, join });
    },
    createByOperator(
      request: AccountRequest,
      by: AuditActor = { kind: 'operator' },
    ): Promise<AccountOutcome> {
      const made = { ...request, madeByOperator: true };
      return create(dependencies, { request: made, by });
    },
    /** Creates an account and runs `join` atomically, without the domain rule. */
    registerWith(request: AccountRequest, join: Join): Promise<AccountOutcome> {
      return create(dependencies, { request, join });
    },
  };
}

export type Registration = ReturnType<typeof createRegistration>;
