// Statements for the administration of accounts. Lists are ordered by email address and use its index.
import type { Knex } from 'knex';
import { userFromRow, type NewEmail, type UserRow } from '#core/users/users.store.ts';
import type { Role, User } from '#core/users/users.ts';
import type { Database, Statement } from '#platform/database/postgres.ts';
import { isUuid } from '#platform/uuid.ts';

export interface UserFilter {
  /** Part of the email address or of the name. */
  readonly text: string | undefined;
  readonly role: Role | undefined;
  readonly isBlocked: boolean;
}

export interface UserPage {
  readonly after: string | undefined;
  readonly limit: number;
  readonly at: Date;
}

export interface AssignedEmail extends NewEmail {
  readonly isVerified: boolean;
}

const page: Statement = {
  name: 'user_page',
  text: `
    select u.*, array(select r.role from user_roles r where r.user_id = u.id order by r.role) as roles
      from users u
     where u.email_key > $1
       and ($3::text is null
            or position(lower($3) in u.email_key) > 0
            or position(lower($3) in lower(coalesce(u.name, ''))) > 0)
       and ($4::text is null
            or exists (select 1 from user_roles r where r.user_id = u.id and r.role = $4))
       and (not $5::boolean
            or u.blocked_at is not null and (u.blocked_until is null or u.blocked_until > $6))
     order by u.email_key
     limit $2`,
};

// Concurrent changes of one account wait for each other, so that none is based on a value that
// another one replaces.
const hold: Statement = {
  name: 'user_hold_for_change',
  text: 'select id from users where id = $1 for no key update',
};

const assignEmail: Statement = {
  name: 'user_assign_email',
  text: `
    update users
       set email = $2, email_key = $3, email_verified_at = $4, updated_at = $5
     where id = $1`,
};

const verifyEmail: Statement = {
  name: 'user_assign_verification',
  text: `
    update users set email_verified_at = $2, updated_at = $2
     where id = $1 and email_verified_at is null`,
};

export function createUserAdministrationStore(db: Database) {
  return {
    /** `after` is the key of the last address of the previous page. */
    async list(filter: UserFilter, { after = '', limit, at }: UserPage): Promise<readonly User[]> {
      const { text, role, isBlocked } = filter;
      const values = [after, limit, text ?? null, role ?? null, isBlocked, at];
      return (await db.run<UserRow>(page, values)).rows.map(userFromRow);
    },
    /** Locks the account until the transaction ends; false when it does not exist. */
    async hold(id: string, tx: Knex): Promise<boolean> {
      return isUuid(id) && (await db.run(hold, [id], tx)).rowCount === 1;
    },
    /** A unique violation means that another account has the address. */
    async assignEmail(id: string, { email, emailKey, at, isVerified }: AssignedEmail, tx: Knex) {
      await db.run(assignEmail, [id, email, emailKey, isVerified ? at : null, at], tx);
    },
    /** False: it was already verified. */
    async verifyEmail(id: string, at: Date, tx: Knex): Promise<boolean> {
      return (await db.run(verifyEmail, [id, at], tx)).rowCount === 1;
    },
  };
}

export type UserAdministrationStore = ReturnType<typeof createUserAdministrationStore>;
