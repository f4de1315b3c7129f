// The SQL that proves, inside the statement or transaction of a write, that nothing was ended since the
// writer read the user: the row is locked in share mode, so that an act that ends something either
// comes first and is seen here, or waits and then sees what was written (docs/decisions/0016).
import type { Knex } from 'knex';
import type { User } from '#domain/people/users.ts';
import type { Database, Statement } from '#platform/database/postgres.ts';

export interface UnchangedUserPlaceholders {
  readonly userId: string;
  readonly at: string;
  readonly securityVersion: string;
  /** Absent: for a write that does not depend on what clients may access. */
  readonly accessVersion?: string;
}

/** A query with one row, `id`, while the user exists, is not blocked, and has these versions. */
export function unchangedUser(placeholders: UnchangedUserPlaceholders): string {
  const { userId, at, securityVersion, accessVersion } = placeholders;
  return `
    select u.id
      from users u cross join epochs e
     where u.id = ${userId}
       and (u.blocked_at is null or u.blocked_until <= ${at})
       and u.security_version + e.security_version = ${securityVersion}
       ${accessVersion === undefined ? '' : `and u.access_version = ${accessVersion}`}
       for share of u, e`;
}

const find: Statement = {
  name: 'user_unchanged',
  text: unchangedUser({ userId: '$1', at: '$2', securityVersion: '$3' }),
};

/** What a write relies on: the user as read, and the session that the user acts in. */
export interface ActingUser {
  readonly user: Pick<User, 'id' | 'securityVersion'>;
  readonly sessionUid?: string | undefined;
}

const findWithSession: Statement = {
  name: 'user_unchanged_in_session',
  text: `
    with unchanged as (
      ${find.text}
    )
    select s.uid from sessions s join unchanged on unchanged.id = s.user_id
     where s.uid = $4 and s.ended_at is null and s.expires_at > $2
       for share of s`,
};

export function createUnchangedUserStore(db: Database) {
  return {
    /** To be asked first in a transaction; what it found holds until the transaction ends. */
    async isUnchanged({ user, sessionUid }: ActingUser, at: Date, tx: Knex): Promise<boolean> {
      const values = [user.id, at, user.securityVersion];
      const { rowCount } = await (sessionUid === undefined
        ? db.run(find, values, tx)
        : db.run(findWithSession, [...values, sessionUid], tx));
      return rowCount === 1;
    },
  };
}

export type UnchangedUserStore = ReturnType<typeof createUnchangedUserStore>;
