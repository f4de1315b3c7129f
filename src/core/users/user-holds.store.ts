// Statements that lock the row of a user until the transaction ends and report whether the user is
// unchanged, for writes that must not follow a revocation.
import type { Knex } from 'knex';
import type { SignedInUser, User } from './users.ts';
import type { Database, Statement } from '#platform/database/postgres.ts';
import { sessionRevoked } from '#platform/errors.ts';
import { isUuid } from '#platform/uuid.ts';

/** A user as read before the write, with the session if there is one. */
export type ReadUser = Pick<User, 'id' | 'securityVersion'> &
  Partial<Pick<SignedInUser, 'sessionUid'>>;

// The row stays locked until the transaction ends: a revocation waits for it, or this statement
// waited for the revocation and sees what it wrote.
const holdUnrevoked: Statement = {
  name: 'user_hold_unrevoked',
  text: `
    select u.id
      from users u cross join epochs e
     where u.id = $1 and u.security_version + e.security_version = $2
       for no key update of u
       for share of e`,
};

const holdInSession: Statement = {
  name: 'user_hold_in_session',
  text: `
    select u.id
      from users u cross join epochs e
      join sessions s on s.uid = $3 and s.user_id = $1 and s.ended_at is null
     where u.id = $1 and u.security_version + e.security_version = $2
       for no key update of u
       for share of e, s`,
};

// Checks in one statement that the address still belongs to the user, and whether it was verified
// before.
const proveEmail: Statement = {
  name: 'user_prove_email',
  text: `
    with held as (
      select id, email_verified_at is null as is_first
        from users
       where id = $1 and email_key = $2
         for no key update
    ), proven as (
      update users u set email_verified_at = $3, updated_at = $3
        from held
       where u.id = held.id and held.is_first
    )
    select is_first from held`,
};

const findUnproven: Statement = {
  name: 'user_find_unproven',
  text: `
    select id from users
     where email_key = $1 and email_verified_at is null
       for update`,
};

export function createUserHolds(db: Database) {
  async function holdUnrevokedUser(
    { id, securityVersion, sessionUid }: ReadUser,
    tx: Knex,
  ): Promise<boolean> {
    const held = await (sessionUid === undefined
      ? db.run(holdUnrevoked, [id, securityVersion], tx)
      : db.run(holdInSession, [id, securityVersion, sessionUid], tx));
    return held.rowCount === 1;
  }

  return {
    /** Finds the account with this address if the address is not verified. */
    async findUnproven(emailKey: string, tx: Knex): Promise<string | undefined> {
      return (await db.run<{ id: string }>(findUnproven, [emailKey], tx)).rows[0]?.id;
    },

    /**
     * Marks the address as verified. `first` is true for the first verification. Returns
     * `undefined` when it is no longer the user's address; the proof then says nothing about the
     * account.
     */
    async proveEmail(
      id: string,
      emailKey: string,
      at: Date,
      tx: Knex,
    ): Promise<'first' | 'again' | undefined> {
      if (!isUuid(id)) return undefined;
      const { rows } = await db.run<{ is_first: boolean }>(proveEmail, [id, emailKey, at], tx);
      return rows[0] && (rows[0].is_first ? 'first' : 'again');
    },

    /**
     * True if nothing of the user was revoked since the user was read, and the session has not ended; until
     * the transaction ends, neither can happen. For writes on behalf of a signed-in user.
     */
    holdUnrevoked: holdUnrevokedUser,

    /** The same. @throws AppError `session_expired` instead of returning false */
    async requireUnrevoked(user: ReadUser, tx: Knex): Promise<void> {
      if (!(await holdUnrevokedUser(user, tx))) throw sessionRevoked();
    },
  };
}
