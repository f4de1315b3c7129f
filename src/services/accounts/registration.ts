// Making accounts: by people themselves, by operators, and the first administrator's.
import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import type { AuditActor } from '#domain/audit/audit.ts';
import { AppError } from '#domain/errors.ts';
import { checkEmail } from '#domain/people/emails.ts';
import { checkPassword, type PasswordFault } from '#domain/people/passwords.ts';
import type { StandardClaims, User } from '#domain/people/users.ts';
import type { Database } from '#platform/database/postgres.ts';
import type { PasswordHasher } from '#platform/secrets/password-hashing.ts';
import type { Audit } from '#services/audit/audit.ts';
import type { PasswordCredentialStore } from '#stores/accounts/password-credentials.ts';
import type { UserStore } from '#stores/accounts/users.ts';

export interface AccountRequest {
  readonly email: string;
  readonly password: string;
  readonly claims: StandardClaims;
  readonly emailVerified?: boolean;
}

export type EmailFault = 'email_empty' | 'email_malformed' | 'email_too_long' | 'email_taken';
export type AccountFault = EmailFault | PasswordFault;

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
  readonly now: () => Date;
}

/** Operators may know of a second factor to come (NIST SP 800-63B-4 3.1.1.2). */
export const operatorMinimum = 8;

export function createRegistration(dependencies: RegistrationDependencies) {
  const { db, users, credentials, hasher, audit, now } = dependencies;

  function check({ email, password, claims }: AccountRequest, minimumLength: number) {
    const address = checkEmail(email);
    const checked = checkPassword(password, {
      email,
      name: claims.name,
      productName: dependencies.productName,
      minimumLength,
      isCommon: dependencies.isCommonPassword(),
    });
    return { address, checked };
  }

  /** `join` runs in the transaction that makes the account. */
  async function create(
    request: AccountRequest,
    minimumLength: number,
    by: AuditActor | undefined,
    join: (tx: Knex.Transaction, user: User) => Promise<void> = async () => {},
  ): Promise<AccountOutcome> {
    const { address, checked } = check(request, minimumLength);
    if (!address.ok || !checked.ok) {
      return {
        ok: false,
        ...(address.ok ? {} : { email: `email_${address.reason}` as const }),
        ...(checked.ok ? {} : { password: checked.reason }),
      };
    }
    // Hashed before the look, so that a known address takes as long as a new one.
    const hash = await hasher.hash(request.password);
    const id = randomUUID();
    const actor: AuditActor = by ?? { kind: 'user', id };
    const at = now();
    try {
      return await db.transaction(async (tx) => {
        await users.insert(
          {
            id,
            email: address.email,
            emailKey: address.key,
            emailVerifiedAt: request.emailVerified ? at : undefined,
            claims: request.claims,
            createdAt: at,
          },
          tx,
        );
        await credentials.set(id, hash, at, tx);
        const user = await users.findById(id, tx);
        if (!user) throw new AppError('internal', 'The account could not be read back.');
        await audit.append({ event: 'user.registered', actor, userId: id }, tx);
        await join(tx, user);
        return { ok: true, user };
      });
    } catch (error) {
      if (error instanceof AppError && error.code === 'email_taken') {
        return { ok: false, email: 'email_taken' };
      }
      throw error;
    }
  }

  return {
    /** A person registers; whether registration is open is for the page to ask. */
    register(request: Omit<AccountRequest, 'emailVerified'>): Promise<AccountOutcome> {
      return create(request, dependencies.minimumPasswordLength, undefined);
    },
    /** An operator makes an account. */
    createByOperator(request: AccountRequest): Promise<AccountOutcome> {
      return create(request, operatorMinimum, { kind: 'operator' });
    },
    /** Makes an account together with what `join` writes: both or neither. */
    registerWith(
      request: AccountRequest,
      join: (tx: Knex.Transaction, user: User) => Promise<void>,
    ): Promise<AccountOutcome> {
      return create(request, dependencies.minimumPasswordLength, undefined, join);
    },
  };
}

export type Registration = ReturnType<typeof createRegistration>;
