// Encrypted TOTP secrets, one per user, with the newest time step for which a code was accepted, so
// that no code is accepted twice (RFC 6238 §5.2).
import type { Knex } from 'knex';
import type { Database, Statement } from '#platform/database/postgres.ts';

export interface TotpCredential {
  readonly sealed: string;
  readonly createdAt: Date;
  /** `undefined`: the secret was displayed, but no code was entered yet. */
  readonly confirmedAt: Date | undefined;
  readonly lastUsedAt: Date | undefined;
}

interface TotpRow {
  sealed: string;
  created_at: Date;
  confirmed_at: Date | null;
  last_used_at: Date | null;
}

const find: Statement = {
  name: 'totp_find',
  text: `
    select sealed, created_at, confirmed_at, last_used_at
      from totp_credentials where user_id = $1`,
};

// Never replaces a confirmed secret: that one has to be removed first.
const begin: Statement = {
  name: 'totp_begin',
  text: `
    insert into totp_credentials (user_id, sealed, created_at) values ($1, $2, $3)
    on conflict (user_id) do update set sealed = $2, created_at = $3
     where totp_credentials.confirmed_at is null`,
};

// Accepts a code for exactly one of several concurrent requests, and never an older time step after
// a newer one.
const take: Statement = {
  name: 'totp_take',
  text: `
    update totp_credentials
       set last_step = $2, last_used_at = $3, confirmed_at = coalesce(confirmed_at, $3)
     where user_id = $1 and last_step < $2 and (confirmed_at is null) = $4`,
};

const remove: Statement = {
  name: 'totp_remove',
  text: 'delete from totp_credentials where user_id = $1',
};

export interface TakenStep {
  readonly step: number;
  readonly at: Date;
  /** True: the code confirms a new secret; false: the secret has been confirmed before. */
  readonly confirms: boolean;
}

/** Binds an encrypted secret to its user. */
export function totpContext(userId: string): string {
  return `totp ${userId}`;
}

export function createTotpStore(db: Database) {
  return {
    async find(userId: string, tx: Knex = db.knex): Promise<TotpCredential | undefined> {
      const [row] = (await db.run<TotpRow>(find, [userId], tx)).rows;
      return (
        row && {
          sealed: row.sealed,
          createdAt: row.created_at,
          confirmedAt: row.confirmed_at ?? undefined,
          lastUsedAt: row.last_used_at ?? undefined,
        }
      );
    },
    /** False: a confirmed secret exists. */
    async begin(userId: string, sealed: string, at: Date): Promise<boolean> {
      return (await db.run(begin, [userId, sealed, at])).rowCount === 1;
    },
    /** True for exactly one caller per time step. */
    async take(userId: string, { step, at, confirms }: TakenStep, tx: Knex): Promise<boolean> {
      return (await db.run(take, [userId, step, at, confirms], tx)).rowCount === 1;
    },
    async remove(userId: string, tx: Knex): Promise<boolean> {
      return (await db.run(remove, [userId], tx)).rowCount === 1;
    },
  };
}

export type TotpStore = ReturnType<typeof createTotpStore>;
