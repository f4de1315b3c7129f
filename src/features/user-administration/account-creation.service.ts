// Creates accounts without a password on behalf of an operator. The users set one with the recovery mail, or
// sign in with another method.
import type { Knex } from 'knex';
import type { AuditActor } from '#core/audit/audit.ts';
import { readStandardClaims, type User } from '#core/users/users.ts';
import type { Registration } from '#features/registration/registration.service.ts';
import type { Database } from '#platform/database/postgres.ts';
import { AppError } from '#platform/errors.ts';

export interface AccountCreationDependencies {
  readonly db: Database;
  readonly registration: Registration;
}

export interface NewAccount {
  readonly email: string;
  readonly claims: Readonly<Record<string, unknown>>;
  /** True if the operator vouches for the address. */
  readonly emailVerified: boolean;
}

export function createAccountCreation({ db, registration }: AccountCreationDependencies) {
  return {
    /**
     * @param join runs in the transaction of the creation
     * @throws AppError `invalid_input` or `email_taken`
     */
    async create(
      { email, claims, emailVerified }: NewAccount,
      by: AuditActor,
      join: (tx: Knex.Transaction, user: User) => Promise<void>,
    ): Promise<User> {
      const prepared = registration.prepareWithout({
        email,
        emailVerified,
        claims: readStandardClaims(claims),
      });
      if (!prepared.ok) throw new AppError('invalid_input', 'The email address is not valid.');
      const account = { ...prepared.account, madeByOperator: true };
      return db.transaction(async (tx) => {
        const user = await registration.insert(account, by, tx);
        await join(tx, user);
        return user;
      });
    },
  };
}

export type AccountCreation = ReturnType<typeof createAccountCreation>;
