// The outbox as shown to operators: pending and permanently failed jobs, and their retry.
import type { Knex } from 'knex';
import type { Database, Statement } from '#platform/database/postgres.ts';
import type { OutboxKind } from './outbox.store.ts';

export interface UnsentItem {
  readonly id: string;
  readonly kind: OutboxKind;
  readonly userId: string | undefined;
  readonly clientId: string | undefined;
  readonly createdAt: Date;
  readonly attempts: number;
  /**
   * Time of the next attempt; for a permanently failed job, the time at which it would have been.
   */
  readonly dueAt: Date;
  /** When the job failed permanently (a dead letter). */
  readonly deadAt: Date | undefined;
  readonly lastError: string | undefined;
}

interface UnsentRow {
  id: string;
  kind: OutboxKind;
  user_id: string | null;
  client_id: string | null;
  created_at: Date;
  attempts: number;
  due_at: Date;
  dead_at: Date | null;
  last_error: string | null;
}

const list: Statement = {
  name: 'outbox_list',
  text: `
    select id, kind, user_id, client_id, created_at, attempts, due_at, dead_at, last_error
      from outbox
     where sent_at is null and ($1::boolean is false or dead_at is not null)
     order by created_at desc, id desc
     limit $2`,
};

// Resets the count, so that the job gets all the attempts of a new one.
const revive: Statement = {
  name: 'outbox_revive',
  text: `
    update outbox set dead_at = null, claimed_until = null, due_at = $2, attempts = 0
     where dead_at is not null and ($1::uuid is null or id = $1)
    returning id, kind, user_id, client_id, created_at, attempts, due_at, dead_at, last_error`,
};

export function createOutboxListStore(db: Database) {
  return {
    /** Most recent first. */
    async list({ dead, limit }: { dead: boolean; limit: number }): Promise<readonly UnsentItem[]> {
      return (await db.run<UnsentRow>(list, [dead, limit])).rows.map(itemFromRow);
    },
    /** Makes one dead letter due immediately, or all of them; returns the affected jobs. */
    async revive(id: string | undefined, at: Date, tx: Knex): Promise<readonly UnsentItem[]> {
      return (await db.run<UnsentRow>(revive, [id ?? null, at], tx)).rows.map(itemFromRow);
    },
  };
}

export type OutboxListStore = ReturnType<typeof createOutboxListStore>;

function itemFromRow(row: UnsentRow): UnsentItem {
  return {
    id: row.id,
    kind: row.kind,
    userId: row.user_id ?? undefined,
    clientId: row.client_id ?? undefined,
    createdAt: row.created_at,
    attempts: row.attempts,
    dueAt: row.due_at,
    deadAt: row.dead_at ?? undefined,
    lastError: row.last_error ?? undefined,
  };
}
