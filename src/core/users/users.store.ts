// The users table. Passwords are in features/passwords/password-credentials.store.ts and roles in
// roles.store.ts, except where one statement must load everything that a sign-in needs.
import type { Knex } from 'knex';
import { AppError } from '#platform/errors.ts';
import type { NewUser, Role, StandardClaims, User } from './users.ts';
import type { Database, Statement } from '#platform/database/postgres.ts';
import { isUuid } from '#platform/uuid.ts';
import { createUserHolds } from './user-holds.store.ts';

/** Columns with one text claim each. */
export const textClaimColumns = [
  'name',
  'given_name',
  'family_name',
  'middle_name',
  'nickname',
  'preferred_username',
  'profile',
  'picture',
  'website',
  'gender',
  'birthdate',
  'zoneinfo',
  'locale',
  'phone_number',
] as const satisfies readonly (keyof StandardClaims)[];

export const claimColumns = [
  ...textClaimColumns,
  'phone_number_verified',
  'address',
] as const satisfies readonly (keyof StandardClaims)[];

type ClaimColumns = {
  [Name in (typeof claimColumns)[number]]: Required<StandardClaims>[Name] | null;
};

/**
 * A row of the table or its `row_to_json` form, in which timestamps are text; without `roles` the user
 * has none.
 */
export interface UserRow extends ClaimColumns {
  id: string;
  email: string;
  email_verified_at: Date | string | null;
  blocked_at: Date | string | null;
  blocked_until: Date | string | null;
  not_before: Date | string | null;
  deletion_due_at: Date | string | null;
  security_version: number;
  access_version: number;
  created_at: Date | string;
  updated_at: Date | string;
  roles?: Role[] | null;
}

/** A user with the facts that a password is checked against. */
export interface SignInFacts {
  readonly user: User;
  /** `undefined` when the user has no password. */
  readonly passwordHash: string | undefined;
  /** True when the password alone is not sufficient to sign in. */
  readonly hasSecondFactor: boolean;
}

interface SignInRow extends UserRow {
  password_hash: string | null;
  has_second_factor: boolean;
}

const columns = `
  u.id, u.email, u.email_verified_at, u.blocked_at, u.blocked_until, u.not_before, u.deletion_due_at, u.created_at, u.updated_at,
  u.security_version + (select e.security_version from epochs e) as security_version, u.access_version,
  ${claimColumns.map((name) => `u.${name}`).join(', ')},
  array(select r.role from user_roles r where r.user_id = u.id order by r.role) as roles`;

const byId: Statement = {
  name: 'user_by_id',
  text: `select ${columns} from users u where u.id = $1`,
};

const byEmailKey: Statement = {
  name: 'user_by_email_key',
  text: `select ${columns} from users u where u.email_key = $1`,
};

const forSignIn: Statement = {
  name: 'user_for_sign_in',
  text: `
    select ${columns}, p.hash as password_hash,
           exists (select 1 from totp_credentials t
                    where t.user_id = u.id and t.confirmed_at is not null) as has_second_factor
      from users u
      left join password_credentials p on p.user_id = u.id
     where u.email_key = $1`,
};

const blockOf: Statement = {
  name: 'user_block_facts',
  text: 'select blocked_reason, blocked_by from users where id = $1 and blocked_at is not null',
};

export interface NewEmail {
  readonly email: string;
  readonly emailKey: string;
  readonly at: Date;
}

/** Details of a block for operators. */
export interface BlockNote {
  readonly reason: string | undefined;
  /** Same value as `actor_id` in the audit log. */
  readonly by: string | undefined;
}

interface BlockNoteRow {
  blocked_reason: string | null;
  blocked_by: string | null;
}

export function createUserStore(db: Database) {
  return {
    ...createUserHolds(db),
    /** @throws AppError `email_taken`; the transaction remains usable */
    async insert(user: NewUser, tx: Knex = db.knex): Promise<void> {
      const inserted: unknown[] = await tx('users')
        .insert({
          id: user.id,
          email: user.email,
          email_key: user.emailKey,
          email_verified_at: user.emailVerifiedAt ?? null,
          ...claimsToRow(user.claims),
          created_at: user.createdAt,
          updated_at: user.createdAt,
          made_by_operator: user.madeByOperator ?? false,
          terms_version: user.terms ?? null,
          terms_accepted_at: user.terms === undefined ? null : user.createdAt,
        })
        .onConflict('email_key')
        .ignore()
        .returning('id');
      if (inserted.length === 0) throw emailTaken();
    },

    /** Returns `undefined` for a text that is not a UUID, because an id may come from outside. */
    async findById(id: string, tx: Knex = db.knex): Promise<User | undefined> {
      if (!isUuid(id)) return undefined;
      const { rows } = await db.run<UserRow>(byId, [id], tx);
      return rows[0] && userFromRow(rows[0]);
    },

    /** The addresses of some users, by id; for lists. */
    async emailsOf(ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
      const distinct = [...new Set(ids)];
      if (distinct.length === 0) return new Map();
      const rows: { id: string; email: string }[] = await db
        .knex('users')
        .select('id', 'email')
        .whereIn('id', distinct);
      return new Map(rows.map(({ id, email }) => [id, email]));
    },
    async findByEmailKey(emailKey: string, tx: Knex = db.knex): Promise<User | undefined> {
      const { rows } = await db.run<UserRow>(byEmailKey, [emailKey], tx);
      return rows[0] && userFromRow(rows[0]);
    },

    async findForSignIn(emailKey: string, tx: Knex = db.knex): Promise<SignInFacts | undefined> {
      const [row] = (await db.run<SignInRow>(forSignIn, [emailKey], tx)).rows;
      return (
        row && {
          user: userFromRow(row),
          passwordHash: row.password_hash ?? undefined,
          hasSecondFactor: row.has_second_factor,
        }
      );
    },

    async findBlockNote(id: string, tx?: Knex): Promise<BlockNote | undefined> {
      const [row] = (await db.run<BlockNoteRow>(blockOf, [id], tx)).rows;
      return row && { reason: row.blocked_reason ?? undefined, by: row.blocked_by ?? undefined };
    },

    /** Replaces all claims. Returns false when the user does not exist. */
    async updateClaims(
      id: string,
      claims: StandardClaims,
      at: Date,
      tx: Knex = db.knex,
    ): Promise<boolean> {
      return change(tx, { id }, { ...claimsToRow(claims), updated_at: at });
    },

    /**
     * Changes to a verified address.
     * @throws AppError `email_taken`
     */
    async changeEmail(id: string, { email, emailKey, at }: NewEmail, tx: Knex): Promise<void> {
      const values = { email, email_key: emailKey, email_verified_at: at, updated_at: at };
      const isTaken = tx('users').where({ email_key: emailKey }).whereNot({ id });
      const changed: number = await tx('users')
        .where({ id })
        .whereNotExists(isTaken)
        .update(values);
      if (changed === 0) throw emailTaken();
    },
  };
}

export type UserStore = ReturnType<typeof createUserStore>;

export function userFromRow(row: UserRow): User {
  return {
    id: row.id,
    email: row.email,
    emailVerified: row.email_verified_at !== null,
    claims: claimsFromRow(row),
    blockedAt: optionalDate(row.blocked_at),
    blockedUntil: optionalDate(row.blocked_until),
    notBefore: optionalDate(row.not_before),
    ...(row.deletion_due_at ? { deletionDueAt: optionalDate(row.deletion_due_at) } : {}),
    securityVersion: row.security_version,
    accessVersion: row.access_version,
    roles: row.roles ?? [],
    createdAt: new Date(row.created_at),
    updatedAt: new Date(row.updated_at),
  };
}

async function change(tx: Knex, where: object, values: object): Promise<boolean> {
  const changed: number = await tx('users').where(where).update(values);
  return changed === 1;
}

function claimsToRow(claims: StandardClaims): Record<string, unknown> {
  return Object.fromEntries(claimColumns.map((name) => [name, claims[name] ?? null]));
}

function claimsFromRow(row: ClaimColumns): StandardClaims {
  const known = claimColumns.filter((name) => row[name] !== null);
  return Object.fromEntries(known.map((name) => [name, row[name]]));
}

function optionalDate(value: Date | string | null): Date | undefined {
  return value === null ? undefined : new Date(value);
}

function emailTaken(): AppError {
  return new AppError('email_taken', 'There is already an account with this email address.');
}
