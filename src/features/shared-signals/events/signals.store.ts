// Rows of signals, which are kept until the receiver has acknowledged them or they expire.
import type { Knex } from 'knex';
import type { Database, Statement } from '#platform/database/postgres.ts';
import { retentionDays, streamUpdated } from '#features/shared-signals/signal-types.ts';
import type { Signal, SignalContent, SignalRecord } from './signals.ts';

interface SignalRow {
  id: string;
  stream_id: string;
  user_id: string | null;
  audit_id: string | null;
  type: string;
  content: SignalContent;
  created_at: Date;
}

interface SignalRecordRow extends SignalRow {
  attempts: number;
  delivered_at: Date | null;
  refused_at: Date | null;
  error: string | null;
}

const columns = 'id, stream_id, user_id, audit_id, type, content, created_at';

const add: Statement = {
  name: 'signals_add',
  text: `
    insert into signals (${columns}, expires_at)
    select id, stream_id, user_id, audit_id, type, content, created_at,
           created_at + interval '${retentionDays} days'
      from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::jsonb[],
                  $7::timestamptz[])
           with ordinality
           as item (id, stream_id, user_id, audit_id, type, content, created_at, number)
     order by number`,
};

const isWaiting = 'delivered_at is null and refused_at is null';

// A stream that was paused or disabled still receives the signal about that (SSF 1.0 §8.1.5).
const waiting: Statement = {
  name: 'signals_waiting',
  text: `
    select ${columns}
      from signals
     where stream_id = $1 and ${isWaiting} and expires_at > $2 and ($3 or type = '${streamUpdated}')
     order by position
     limit $4`,
};

const countWaiting: Statement = {
  name: 'signals_count_waiting',
  text: `
    select stream_id, count(*)::int as count
      from signals
     where stream_id = any ($1::uuid[]) and ${isWaiting}
     group by stream_id`,
};

const delivered: Statement = {
  name: 'signals_delivered',
  text: `
    update signals set delivered_at = $3, error = null, attempts = attempts + $4
     where stream_id = $1 and id = any ($2::uuid[]) and ${isWaiting}`,
};

const refused: Statement = {
  name: 'signals_refused',
  text: `
    update signals s set refused_at = $4, error = item.error
      from unnest($2::uuid[], $3::text[]) as item (id, error)
     where s.stream_id = $1 and s.id = item.id and ${isWaiting}`,
};

const failed: Statement = {
  name: 'signal_failed',
  text: `update signals set attempts = attempts + 1, error = $2 where id = $1 and ${isWaiting}`,
};

const dropWaiting: Statement = {
  name: 'signals_drop_waiting',
  text: `
    delete from signals
     where stream_id = $1 and ${isWaiting} and type <> '${streamUpdated}'`,
};

export function createSignalStore(db: Database) {
  return {
    /** In this order. */
    async add(signals: readonly Signal[], tx: Knex): Promise<void> {
      if (signals.length === 0) return;
      const values = [
        signals.map(({ id }) => id),
        signals.map(({ streamId }) => streamId),
        signals.map(({ userId }) => userId ?? null),
        signals.map(({ auditId }) => auditId ?? null),
        signals.map(({ type }) => type),
        signals.map(({ content }) => JSON.stringify(content)),
        signals.map(({ createdAt }) => createdAt),
      ];
      await db.run(add, values, tx);
    },
    /** Oldest first. A stream that is not enabled receives only signals about itself. */
    async listWaiting(
      streamId: string,
      { isEnabled, at, limit }: { isEnabled: boolean; at: Date; limit: number },
    ): Promise<readonly Signal[]> {
      const values = [streamId, at, isEnabled, limit];
      return (await db.run<SignalRow>(waiting, values)).rows.map(signalFromRow);
    },
    async countWaiting(
      streamIds: readonly string[],
      tx: Knex = db.knex,
    ): Promise<ReadonlyMap<string, number>> {
      type Row = { stream_id: string; count: number };
      const { rows } = await db.run<Row>(countWaiting, [streamIds], tx);
      return new Map(rows.map(({ stream_id: id, count }) => [id, count]));
    },
    /** Marks only signals of this stream with these ids. */
    async markDelivered(
      streamId: string,
      ids: readonly string[],
      { at, attempts }: { readonly at: Date; readonly attempts: number },
    ): Promise<void> {
      if (ids.length > 0) await db.run(delivered, [streamId, ids, at, attempts]);
    },
    /** The receiver rejected them, so they are not sent again. */
    async markRefused(
      streamId: string,
      errors: readonly { readonly id: string; readonly error: string }[],
      at: Date,
    ): Promise<void> {
      if (errors.length === 0) return;
      const values = [streamId, errors.map(({ id }) => id), errors.map(({ error }) => error), at];
      await db.run(refused, values);
    },
    async markFailed(id: string, error: string): Promise<void> {
      await db.run(failed, [id, error]);
    },
    /** For a disabled stream. */
    async dropWaiting(streamId: string, tx: Knex): Promise<void> {
      await db.run(dropWaiting, [streamId], tx);
    },
    /** Most recent first. */
    async list(
      streamId: string,
      after: readonly string[] | undefined,
      limit: number,
    ): Promise<readonly SignalRecord[]> {
      const query = db.knex('signals').select('*').where({ stream_id: streamId });
      if (after) void query.whereRaw('(created_at, id) < (?::timestamptz, ?::uuid)', [...after]);
      const rows: SignalRecordRow[] = await query
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .limit(limit);
      return rows.map(recordFromRow);
    },
  };
}

export type SignalStore = ReturnType<typeof createSignalStore>;

function signalFromRow(row: SignalRow): Signal {
  return {
    id: row.id,
    streamId: row.stream_id,
    userId: row.user_id ?? undefined,
    auditId: row.audit_id ?? undefined,
    type: row.type,
    content: row.content,
    createdAt: row.created_at,
  };
}

function recordFromRow(row: SignalRecordRow): SignalRecord {
  return {
    ...signalFromRow(row),
    attempts: row.attempts,
    deliveredAt: row.delivered_at ?? undefined,
    refusedAt: row.refused_at ?? undefined,
    error: row.error ?? undefined,
  };
}
