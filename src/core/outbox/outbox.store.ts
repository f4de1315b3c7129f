// The outbox: mail and requests to clients, inserted in the transaction that causes them. A worker
// claims a row for a limited time, so that several nodes share the work and no job is delivered by
// two at once.
import type { Knex } from 'knex';
import type { Database, Statement } from '#platform/database/postgres.ts';

export type OutboxKind = 'mail' | 'backchannel_logout' | 'webhook' | 'signal';

export interface OutboxItem {
  readonly id: string;
  readonly kind: OutboxKind;
  readonly userId: string | undefined;
  readonly clientId: string | undefined;
  /** The receiver of a webhook message; with it, the job is deleted. */
  readonly webhookId?: string | undefined;
  /** The content, encrypted under the context `outbox <id>`. */
  readonly sealed: string;
  readonly createdAt: Date;
}

/** A job that this process has claimed. */
export interface ClaimedItem extends OutboxItem {
  /** Including this one. */
  readonly attempts: number;
}

export interface RequestedClaim {
  readonly at: Date;
  readonly until: Date;
  readonly kinds: readonly OutboxKind[];
  /** Clients and webhooks that have reached their limit of concurrent requests. */
  readonly except: readonly string[];
}

interface OutboxRow {
  id: string;
  kind: OutboxKind;
  user_id: string | null;
  client_id: string | null;
  webhook_id: string | null;
  sealed: string;
  created_at: Date;
  attempts: number;
}

export const outboxColumns = 'id, kind, user_id, client_id, sealed, created_at, due_at';

const add: Statement = {
  name: 'outbox_add',
  text: `
    insert into outbox (${outboxColumns}, webhook_id)
    select id, kind, user_id, client_id, sealed, $7, $7, webhook_id
      from unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::text[], $6::uuid[])
           as item (id, kind, user_id, client_id, sealed, webhook_id)`,
};

const addSent: Statement = {
  name: 'outbox_add_sent',
  text: `
    insert into outbox (${outboxColumns}, sent_at)
    values ($1, $2, $3, $4, $5, $6, $6, $6)`,
};

// The row is selected before it is updated, because a plain subquery could be evaluated more than
// once.
const claim: Statement = {
  name: 'outbox_claim',
  text: `
    with due as materialized (
      select id
        from outbox
       where sent_at is null and dead_at is null and due_at <= $1
         and (claimed_until is null or claimed_until <= $1)
         and kind = any ($3::text[])
         and coalesce(coalesce(client_id, webhook_id::text) <> all ($4::text[]), true)
       order by due_at
       limit 1
         for update skip locked
    )
    update outbox o
       set claimed_until = $2, attempts = o.attempts + 1
      from due
     where o.id = due.id
    returning o.id, o.kind, o.user_id, o.client_id, o.webhook_id, o.sealed, o.created_at,
              o.attempts`,
};

const sent: Statement = {
  name: 'outbox_sent',
  text: `update outbox set sent_at = $2, claimed_until = null, sealed = '' where id = $1`,
};

// A worker whose claim was taken over by another node must not record a result.
const claimIsCurrent = 'id = $1 and attempts = $2 and sent_at is null and dead_at is null';

const retry: Statement = {
  name: 'outbox_retry',
  text: `
    update outbox set due_at = $3, claimed_until = null, last_error = $4
     where ${claimIsCurrent}`,
};

const bury: Statement = {
  name: 'outbox_bury',
  text: `
    update outbox set dead_at = $3, claimed_until = null, last_error = $4
     where ${claimIsCurrent}`,
};

/** `$n` for a job that another statement inserts; `outboxValues` are its values. */
export function outboxPlaceholders(from: number): string {
  const types = ['uuid', 'text', 'uuid', 'text', 'text', 'timestamptz', 'timestamptz'];
  return types.map((type, position) => `$${from + position}::${type}`).join(', ');
}

export function outboxValues({ id, kind, userId, clientId, sealed, createdAt }: OutboxItem) {
  return [id, kind, userId ?? null, clientId ?? null, sealed, createdAt, createdAt];
}

/** Binds the encrypted content to its job. */
export function outboxContext(id: string): string {
  return `outbox ${id}`;
}

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
        items.map(({ webhookId }) => webhookId ?? null),
      ];
      await db.run(add, [...columns, at], tx);
    },
    /** Inserts a job that is already marked as sent, so that it is never delivered. */
    async addSent({ id, kind, userId, clientId, sealed }: OutboxItem, at: Date, tx: Knex) {
      await db.run(addSent, [id, kind, userId ?? null, clientId ?? null, sealed, at], tx);
    },
    /** Claims the job that is due first, if any; no other worker claims it before `until`. */
    async claim({ at, until, kinds, except }: RequestedClaim): Promise<ClaimedItem | undefined> {
      const { rows } = await db.run<OutboxRow>(claim, [at, until, kinds, except]);
      return rows[0] && itemFromRow(rows[0]);
    },
    /** Deletes the content immediately: a sent mail may contain a link. */
    async markSent({ id }: ClaimedItem, at: Date): Promise<void> {
      await db.run(sent, [id, at]);
    },
    async retryAt({ id, attempts }: ClaimedItem, at: Date, error: string): Promise<void> {
      await db.run(retry, [id, attempts, at, error]);
    },
    /** Marks a job as permanently failed. Returns false when another node has claimed it. */
    async bury({ id, attempts }: ClaimedItem, at: Date, error: string, tx: Knex = db.knex) {
      return (await db.run(bury, [id, attempts, at, error], tx)).rowCount === 1;
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
    webhookId: row.webhook_id ?? undefined,
    sealed: row.sealed,
    createdAt: row.created_at,
    attempts: row.attempts,
  };
}
