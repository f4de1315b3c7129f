// How many jobs the outbox holds, for metrics.
import type { Database, Statement } from '#platform/database/postgres.ts';
import type { OutboxKind } from '#core/outbox/outbox.store.ts';

export interface Backlog {
  readonly kind: OutboxKind;
  readonly pending: number;
  readonly dead: number;
  /** Age of the oldest pending job. */
  readonly oldestSeconds: number;
}

interface BacklogRow {
  kind: OutboxKind;
  pending: string;
  dead: string;
  oldest_seconds: number | null;
}

// Two parts, so that each can use an index without the jobs that were sent.
const backlog: Statement = {
  name: 'outbox_backlog',
  text: `
    select kind, sum(pending) as pending, sum(dead) as dead,
           max(oldest_seconds)::float8 as oldest_seconds
      from (
        select kind, count(*) as pending, 0 as dead,
               extract(epoch from $1::timestamptz - min(created_at)) as oldest_seconds
          from outbox
         where sent_at is null and dead_at is null
         group by kind
        union all
        select kind, 0, count(*), null
          from outbox
         where dead_at is not null
         group by kind
      ) parts
     group by kind`,
};

export function createBacklogStore(db: Database) {
  return {
    async read(at: Date): Promise<readonly Backlog[]> {
      const { rows } = await db.run<BacklogRow>(backlog, [at]);
      return rows.map((row) => ({
        kind: row.kind,
        pending: Number(row.pending),
        dead: Number(row.dead),
        oldestSeconds: Math.max(0, row.oldest_seconds ?? 0),
      }));
    },
  };
}
