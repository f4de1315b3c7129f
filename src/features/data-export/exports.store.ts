// Stores data exports: the requests, the claims of writing processes and the encrypted chunks. The
// content of an export is read by export-parts.store.ts.
import type { Knex } from 'knex';
import type { Database, Statement } from '#platform/database/postgres.ts';

export interface AccountExport {
  readonly id: string;
  readonly requestedAt: Date;
  /** `undefined` while the export is being written. */
  readonly readyAt: Date | undefined;
  readonly fetchedAt: Date | undefined;
  readonly expiresAt: Date;
}

/** An export that this process has claimed for writing. */
export interface ClaimedExport {
  readonly id: string;
  readonly userId: string;
  /** Number of this attempt; a process with an older number can no longer write. */
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

// A process whose claim expired and was taken over by another one must not write.
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
    /** Removes a downloaded or expired export that was requested before `askedBefore`. */
    async removeOld(userId: string, askedBefore: Date, at: Date, tx: Knex): Promise<void> {
      await db.run(removeOld, [userId, askedBefore, at], tx);
    },
    /** Returns false if the user already has an export. */
    async add(
      { id, userId, at, until }: { id: string; userId: string; at: Date; until: Date },
      tx: Knex,
    ): Promise<boolean> {
      return (await db.run(add, [id, userId, at, until], tx)).rowCount === 1;
    },
    /** Claims the oldest unwritten export until `until`. */
    async claim(at: Date, until: Date): Promise<ClaimedExport | undefined> {
      type Row = { id: string; user_id: string; attempts: number };
      const [row] = (await db.run<Row>(claim, [at, until])).rows;
      return row && { id: row.id, userId: row.user_id, attempt: row.attempts };
    },
    /** Stores a chunk and extends the claim. Returns false if the claim or the export is gone. */
    async addChunk(
      { id, attempt }: ClaimedExport,
      { number, sealed, until }: { number: number; sealed: string; until: Date },
    ): Promise<boolean> {
      return (await db.run(addChunk, [id, attempt, number, sealed, until])).rowCount === 1;
    },
    /** Gives up the claim, so that another process can take it. */
    async release({ id, attempt }: ClaimedExport): Promise<void> {
      await db.run(release, [id, attempt]);
    },
    /** Returns false if the claim or the export is gone. */
    async markReady(
      { id, attempt }: ClaimedExport,
      { chunks, at, until }: { chunks: number; at: Date; until: Date },
      tx: Knex,
    ): Promise<boolean> {
      return (await db.run(markReady, [id, attempt, at, chunks, until], tx)).rowCount === 1;
    },
    /** Marks the export as downloaded; succeeds for exactly one caller. */
    async take(userId: string, at: Date, tx: Knex): Promise<TakenExport | undefined> {
      type Row = { id: string; attempts: number; chunks: number };
      const [row] = (await db.run<Row>(take, [userId, at], tx)).rows;
      return row && { id: row.id, attempt: row.attempts, chunks: row.chunks };
    },
    /** Deletes a chunk and returns it. */
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

/** Encryption context of a chunk, which binds it to its export, attempt and position. */
export function chunkContext(
  { id, attempt }: { readonly id: string; readonly attempt: number | string },
  number: number | string,
): string {
  return `export ${id} ${attempt} ${number}`;
}
