// Secrets of authenticator apps, one per person: sealed, and with the newest time step of which a
// code was taken, so that none is taken twice.
import type { Knex } from 'knex';
import type { Database, Statement } from '#platform/database/postgres.ts';

export interface TotpCredential {
  readonly sealed: string;
  readonly createdAt: Date;
  /** `undefined`: it was shown, but no code of it was typed yet. */
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

// One that is in use is never replaced this way: it has to be removed first.
const begin: Statement = {
  name: 'totp_begin',
  text: `
    insert into totp_credentials (user_id, sealed, created_at) values ($1, $2, $3)
    on conflict (user_id) do update set sealed = $2, created_at = $3
     where totp_credentials.confirmed_at is null`,
};

// Taken by exactly one of many that arrive together, and never an older step after a newer one.
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
  /** True: the code makes a new secret good; false: the secret was good already. */
  readonly confirms: boolean;
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
    /** False: there is one in use. */
    async begin(userId: string, sealed: string, at: Date): Promise<boolean> {
      return (await db.run(begin, [userId, sealed, at])).rowCount === 1;
    },
    /** True for exactly one caller per step. */
    async take(userId: string, { step, at, confirms }: TakenStep, tx: Knex): Promise<boolean> {
      return (await db.run(take, [userId, step, at, confirms], tx)).rowCount === 1;
    },
    async remove(userId: string, tx: Knex): Promise<boolean> {
      return (await db.run(remove, [userId], tx)).rowCount === 1;
    },
  };
}

export type TotpStore = ReturnType<typeof createTotpStore>;
