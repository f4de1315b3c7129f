// What is to be sent: mail and calls to apps, written in the transaction of the act that causes
// them. Delivery claims a row for a while, so that several nodes share the work and none is sent
// by two at once.
import type { Knex } from 'knex';
import type { Database, Statement } from '#platform/postgres.ts';

export type OutboxKind = 'mail' | 'backchannel_logout';

export interface OutboxItem {
  readonly id: string;
  readonly kind: OutboxKind;
  readonly userId: string | undefined;
  readonly clientId: string | undefined;
  /** What to send, sealed under the context `outbox <id>`. */
  readonly sealed: string;
  readonly createdAt: Date;
}

/** One that this process has taken to deliver. */
export interface ClaimedItem extends OutboxItem {
  /** This one included. */
  readonly attempts: number;
}

interface OutboxRow {
  id: string;
  kind: OutboxKind;
  user_id: string | null;
  client_id: string | null;
  sealed: string;
  created_at: Date;
  attempts: number;
}

const add: Statement = {
  name: 'outbox_add',
  text: `
    insert into outbox (id, kind, user_id, client_id, sealed, created_at, due_at)
    select id, kind, user_id, client_id, sealed, $6, $6
      from unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::text[])
           as item (id, kind, user_id, client_id, sealed)`,
};

const claim: Statement = {
  name: 'outbox_claim',
  text: `
    update outbox o
       set claimed_until = $2, attempts = attempts + 1
     where id in (
       select id from outbox
        where sent_at is null and dead_at is null and due_at <= $1
          and (claimed_until is null or claimed_until <= $1)
        order by due_at
        limit $3
          for update skip locked
     )
    returning id, kind, user_id, client_id, sealed, created_at, attempts`,
};

const sent: Statement = {
  name: 'outbox_sent',
  text: `update outbox set sent_at = $2, claimed_until = null, sealed = '' where id = $1`,
};

const retry: Statement = {
  name: 'outbox_retry',
  text: `
    update outbox
       set due_at = $2, claimed_until = null, last_error = $3
     where id = $1 and sent_at is null`,
};

const bury: Statement = {
  name: 'outbox_bury',
  text: `
    update outbox
       set dead_at = $2, claimed_until = null, last_error = $3
     where id = $1 and sent_at is null`,
};

export function createOutboxStore(db: Database) {
  return {
    async add(items: readonly OutboxItem[], at: Date, tx: Knex = db.knex): Promise<void> {
      if (items.length === 0) return;
      const columns = [
        items.map(({ id }) => id),
        items.map(({ kind }) => kind),
        items.map(({ userId }) => userId ?? null),
        items.map(({ clientId }) => clientId ?? null),
        items.map(({ sealed }) => sealed),
      ];
      await db.run(add, [...columns, at], tx);
    },
    /** Takes what is due; nobody else takes it before `until`. */
    async claim(at: Date, until: Date, limit: number): Promise<ClaimedItem[]> {
      const { rows } = await db.run<OutboxRow>(claim, [at, until, limit]);
      return rows.map(itemFromRow);
    },
    /** The contents go at once: a sent mail may hold a link. */
    async markSent(id: string, at: Date): Promise<void> {
      await db.run(sent, [id, at]);
    },
    async retryAt(id: string, at: Date, error: string): Promise<void> {
      await db.run(retry, [id, at, error]);
    },
    async bury(id: string, at: Date, error: string): Promise<void> {
      await db.run(bury, [id, at, error]);
    },
  };
}

export type OutboxStore = ReturnType<typeof createOutboxStore>;

function itemFromRow(row: OutboxRow): ClaimedItem {
  return {
    id: row.id,
    kind: row.kind,
    userId: row.user_id ?? undefined,
    clientId: row.client_id ?? undefined,
    sealed: row.sealed,
    createdAt: row.created_at,
    attempts: row.attempts,
  };
}
