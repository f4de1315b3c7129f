// Copies of their data that people asked for: who waits for one, which node writes it, and the sealed
// pieces of it. What stands in a copy is read by export-parts.store.ts.
import type { Knex } from 'knex';
import type { Database, Statement } from '#platform/database/postgres.ts';

export interface AccountExport {
  readonly id: string;
  readonly requestedAt: Date;
  /** `undefined`: it is still being written. */
  readonly readyAt: Date | undefined;
  readonly fetchedAt: Date | undefined;
  readonly expiresAt: Date;
}

/** One that this process has taken to write. */
export interface ClaimedExport {
  readonly id: string;
  readonly userId: string;
  /** This one included; whoever was slow has an older number, and no say any more. */
  readonly attempt: number;
}

export interface TakenExport {
  readonly id: string;
  readonly attempt: number;
  readonly chunks: number;
}

interface ExportRow {
  id: string;
  requested_at: Date;
  ready_at: Date | null;
  fetched_at: Date | null;
  expires_at: Date;
}

const find: Statement = {
  name: 'export_find',
  text: `
    select id, requested_at, ready_at, fetched_at, expires_at
      from account_exports where user_id = $1`,
};

const removeOld: Statement = {
  name: 'export_remove_old',
  text: `
    delete from account_exports
     where user_id = $1 and requested_at <= $2 and (fetched_at is not null or expires_at <= $3)`,
};

const add: Statement = {
  name: 'export_add',
  text: `
    insert into account_exports (id, user_id, requested_at, expires_at) values ($1, $2, $3, $4)
    on conflict (user_id) do nothing`,
};

const claim: Statement = {
  name: 'export_claim',
  text: `
    with due as materialized (
      select id
        from account_exports
       where ready_at is null and expires_at > $1
         and (claimed_until is null or claimed_until <= $1)
       order by requested_at
       limit 1
         for update skip locked
    )
    update account_exports e
       set claimed_until = $2, attempts = e.attempts + 1
      from due
     where e.id = due.id
    returning e.id, e.user_id, e.attempts`,
};

// Whoever was so slow that another node claimed it after them writes nothing more.
const stillMine = 'id = $1 and attempts = $2 and ready_at is null';

const addChunk: Statement = {
  name: 'export_add_chunk',
  text: `
    with mine as (
      update account_exports set claimed_until = $5 where ${stillMine} returning id
    )
    insert into account_export_chunks (export_id, attempt, number, sealed)
    select id, $2, $3, $4 from mine`,
};

const release: Statement = {
  name: 'export_release',
  text: `update account_exports set claimed_until = null where ${stillMine}`,
};

const markReady: Statement = {
  name: 'export_mark_ready',
  text: `
    update account_exports
       set ready_at = $3, chunks = $4, expires_at = $5, claimed_until = null
     where ${stillMine}`,
};

const take: Statement = {
  name: 'export_take',
  text: `
    update account_exports set fetched_at = $2
     where user_id = $1 and ready_at is not null and fetched_at is null and expires_at > $2
    returning id, attempts, chunks`,
};

const takeChunk: Statement = {
  name: 'export_take_chunk',
  text: `
    delete from account_export_chunks
     where export_id = $1 and attempt = $2 and number = $3
    returning sealed`,
};

export function createExportStore(db: Database) {
  return {
    async find(userId: string): Promise<AccountExport | undefined> {
      const [row] = (await db.run<ExportRow>(find, [userId])).rows;
      return row && fromRow(row);
    },
    /** Makes room for another one: what is over, and was asked for before that instant, goes. */
    async removeOld(userId: string, askedBefore: Date, at: Date, tx: Knex): Promise<void> {
      await db.run(removeOld, [userId, askedBefore, at], tx);
    },
    /** False: there is one. */
    async add(
      { id, userId, at, until }: { id: string; userId: string; at: Date; until: Date },
      tx: Knex,
    ): Promise<boolean> {
      return (await db.run(add, [id, userId, at, until], tx)).rowCount === 1;
    },
    /** Takes the one that has waited longest; nobody else takes it before `until`. */
    async claim(at: Date, until: Date): Promise<ClaimedExport | undefined> {
      type Row = { id: string; user_id: string; attempts: number };
      const [row] = (await db.run<Row>(claim, [at, until])).rows;
      return row && { id: row.id, userId: row.user_id, attempt: row.attempts };
    },
    /** Keeps a piece, and the claim for longer. False: somebody else is at it, or it is gone. */
    async addChunk(
      { id, attempt }: ClaimedExport,
      { number, sealed, until }: { number: number; sealed: string; until: Date },
    ): Promise<boolean> {
      return (await db.run(addChunk, [id, attempt, number, sealed, until])).rowCount === 1;
    },
    /** Leaves it to whoever comes next. */
    async release({ id, attempt }: ClaimedExport): Promise<void> {
      await db.run(release, [id, attempt]);
    },
    /** False: somebody else is at it, or it is gone. */
    async markReady(
      { id, attempt }: ClaimedExport,
      { chunks, at, until }: { chunks: number; at: Date; until: Date },
      tx: Knex,
    ): Promise<boolean> {
      return (await db.run(markReady, [id, attempt, at, chunks, until], tx)).rowCount === 1;
    },
    /** For exactly one caller. */
    async take(userId: string, at: Date, tx: Knex): Promise<TakenExport | undefined> {
      type Row = { id: string; attempts: number; chunks: number };
      const [row] = (await db.run<Row>(take, [userId, at], tx)).rows;
      return row && { id: row.id, attempt: row.attempts, chunks: row.chunks };
    },
    /** The piece is gone as soon as it is read. */
    async takeChunk(
      { id, attempt }: TakenExport,
      number: number,
      tx: Knex = db.knex,
    ): Promise<string | undefined> {
      return (await db.run<{ sealed: string }>(takeChunk, [id, attempt, number], tx)).rows[0]
        ?.sealed;
    },
  };
}

export type ExportStore = ReturnType<typeof createExportStore>;

function fromRow(row: ExportRow): AccountExport {
  return {
    id: row.id,
    requestedAt: row.requested_at,
    readyAt: row.ready_at ?? undefined,
    fetchedAt: row.fetched_at ?? undefined,
    expiresAt: row.expires_at,
  };
}
