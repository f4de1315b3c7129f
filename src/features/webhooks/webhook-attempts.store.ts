// The log of attempts, of which each webhook keeps the most recent.
import type { Database, Statement } from '#platform/database/postgres.ts';
import { newestFirst } from '#platform/database/lists/page-positions.ts';
import { cutPage, type Page, type PageRequest } from '#platform/paging.ts';
import type { Attempt } from './webhooks.ts';

/** Attempts that are kept per webhook; the cleanup job removes them by age as well. */
export const keptAttempts = 200;

interface AttemptRow {
  id: string;
  message_id: string;
  type: string;
  at: Date;
  attempt: number;
  milliseconds: number;
  status: number | null;
  error: string | null;
}

const columns = 'id, message_id, type, at, attempt, milliseconds, status, error';

// An attempt that ends after its webhook was deleted is not logged. The rows to delete are those
// beyond the limit before this one is added.
const add: Statement = {
  name: 'webhook_attempt_add',
  text: `
    with excess as (
      delete from webhook_attempts
       where id in (select id from webhook_attempts where webhook_id = $1
                     order by at desc, id desc offset ${keptAttempts - 1})
    )
    insert into webhook_attempts (webhook_id, ${columns})
    select id, $2::uuid, $3::uuid, $4, $5::timestamptz, $6::int, $7::int, $8::int, $9
      from webhooks
     where id = $1
       for key share`,
};

const list: Statement = {
  name: 'webhook_attempt_list',
  text: `
    select ${columns}
      from webhook_attempts
     where webhook_id = $1 and (at, id) < ($2::timestamptz, $3::uuid)
     order by at desc, id desc
     limit $4`,
};

export function createWebhookAttemptStore(db: Database) {
  return {
    async add(webhookId: string, attempt: Attempt): Promise<void> {
      const { id, messageId, type, at, milliseconds, status, error } = attempt;
      const outcome = [milliseconds, status ?? null, error ?? null];
      await db.run(add, [webhookId, id, messageId, type, at, attempt.attempt, ...outcome]);
    },
    /** Most recent first. */
    async list(webhookId: string, { after, limit }: PageRequest): Promise<Page<Attempt>> {
      const position = after ?? newestFirst.uuid;
      const { rows } = await db.run<AttemptRow>(list, [webhookId, ...position, limit + 1]);
      return cutPage(rows.map(attemptFromRow), limit, ({ at, id }) => [at.toISOString(), id]);
    },
  };
}

export type WebhookAttemptStore = ReturnType<typeof createWebhookAttemptStore>;

function attemptFromRow(row: AttemptRow): Attempt {
  return {
    id: row.id,
    messageId: row.message_id,
    type: row.type,
    at: row.at,
    attempt: row.attempt,
    milliseconds: row.milliseconds,
    status: row.status ?? undefined,
    error: row.error ?? undefined,
  };
}
