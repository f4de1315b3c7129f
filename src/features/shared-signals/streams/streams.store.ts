// Rows of streams. The Authorization header of a push is stored encrypted.
import type { Knex } from 'knex';
import type { Database, Statement } from '#platform/database/postgres.ts';
import { isUuid } from '#platform/uuid.ts';
import {
  policyColumns,
  requestColumns,
  streamFromRow,
  type StreamRow,
} from './stream-rows.store.ts';
import type {
  SignalStream,
  StreamHold,
  StreamPolicy,
  StreamRequest,
  StreamStatus,
} from './streams.ts';

const columns = `id, client_id, endpoint_url, authorization_header, events_requested, description,
  status, status_reason, held_by, subject_format, algorithm, all_users, verified_at, failing_since,
  last_error, version, created_at`;

const find: Statement = {
  name: 'signal_stream_find',
  text: `select ${columns} from signal_streams where id = $1`,
};

const ofClient: Statement = {
  name: 'signal_streams_of_client',
  text: `select ${columns} from signal_streams where client_id = $1 order by created_at, id`,
};

// Skips a stream that is being deleted, so that sealing the audit log waits for no transaction, and the
// streams of blocked clients.
const receiving: Statement = {
  name: 'signal_streams_receiving',
  text: `
    select ${columns}
      from signal_streams s
     where status <> 'disabled'
       and exists (
         select from clients c where c.client_id = s.client_id and c.disabled_at is null)
       for key share of s skip locked`,
};

// Locks the client, so that concurrent creations are counted one after the other.
const lockClient: Statement = {
  name: 'signal_streams_lock_client',
  text: 'select client_id from clients where client_id = $1 for no key update',
};

const mayVerify: Statement = {
  name: 'signal_stream_verify',
  text: `
    update signal_streams set verified_at = $2
     where id = $1 and (verified_at is null or verified_at <= $3)`,
};

const claimPush: Statement = {
  name: 'signal_stream_claim',
  text: `
    update signal_streams set claimed_until = $2
     where id = $1 and (claimed_until is null or claimed_until <= $3)`,
};

// Releases only the claim of this process: if it was paused, another process may have claimed the stream.
const releasePush: Statement = {
  name: 'signal_stream_release',
  text: 'update signal_streams set claimed_until = null where id = $1 and claimed_until = $2',
};

const succeeded: Statement = {
  name: 'signal_stream_succeeded',
  text: `
    update signal_streams set failing_since = null, last_error = null
     where id = $1 and failing_since is not null`,
};

const failed: Statement = {
  name: 'signal_stream_failed',
  text: `
    update signal_streams set failing_since = coalesce(failing_since, $2), last_error = $3
     where id = $1
    returning failing_since`,
};

// Succeeds only if no status was set meanwhile and, for a failing stream, no push succeeded.
const hold: Statement = {
  name: 'signal_stream_hold',
  text: `
    update signal_streams
       set status = $2, status_reason = $3, held_by = $4, version = version + 1
     where id = $1 and status = $5 and ($4 <> 'failing' or failing_since is not null)`,
};

export type NewStream = StreamRequest &
  StreamPolicy &
  Pick<SignalStream, 'id' | 'clientId' | 'createdAt'>;

export interface StatusChange {
  readonly status: StreamStatus;
  readonly reason: string | undefined;
  readonly heldBy: StreamHold | undefined;
}

export function createStreamStore(db: Database) {
  return {
    async find(id: string, tx: Knex = db.knex): Promise<SignalStream | undefined> {
      if (!isUuid(id)) return undefined;
      const { rows } = await db.run<StreamRow>(find, [id], tx);
      return rows[0] && streamFromRow(rows[0]);
    },
    /** In the order of creation. */
    async listOf(clientId: string, tx: Knex = db.knex): Promise<readonly SignalStream[]> {
      return (await db.run<StreamRow>(ofClient, [clientId], tx)).rows.map(streamFromRow);
    },
    /** All streams by id. */
    async list(after: string | undefined, limit: number): Promise<readonly SignalStream[]> {
      const query = db.knex('signal_streams').select('*').orderBy('id').limit(limit);
      const rows: StreamRow[] = await (after === undefined ? query : query.where('id', '>', after));
      return rows.map(streamFromRow);
    },
    /** Locks the streams against deletion until the transaction ends. */
    async listReceiving(tx: Knex): Promise<readonly SignalStream[]> {
      return (await db.run<StreamRow>(receiving, [], tx)).rows.map(streamFromRow);
    },
    async lockClient(clientId: string, tx: Knex): Promise<void> {
      await db.run(lockClient, [clientId], tx);
    },
    async insert(stream: NewStream, tx: Knex): Promise<void> {
      const { id, clientId, createdAt } = stream;
      await tx('signal_streams').insert({
        id,
        client_id: clientId,
        ...requestColumns(stream),
        ...policyColumns(stream),
        created_at: createdAt,
      });
    },
    /** False when another change came first. */
    async update(
      { id, version }: SignalStream,
      changes: { readonly request?: StreamRequest; readonly policy?: StreamPolicy },
      tx: Knex,
    ): Promise<boolean> {
      const { request, policy } = changes;
      const count: number = await tx('signal_streams')
        .where({ id, version })
        .update({
          ...(request ? { ...requestColumns(request), failing_since: null, last_error: null } : {}),
          ...(policy ? policyColumns(policy) : {}),
          version: version + 1,
        });
      return count === 1;
    },
    /** False when another change came first. */
    async setStatus({ id, version }: SignalStream, change: StatusChange, tx: Knex) {
      const count: number = await tx('signal_streams')
        .where({ id, version })
        .update({
          status: change.status,
          status_reason: change.reason ?? null,
          held_by: change.heldBy ?? null,
          ...(change.status === 'enabled' ? { failing_since: null, last_error: null } : {}),
          version: version + 1,
        });
      return count === 1;
    },
    /** False when another change came first. */
    async remove({ id, version }: SignalStream, tx: Knex): Promise<boolean> {
      const count: number = await tx('signal_streams').where({ id, version }).delete();
      return count === 1;
    },
    /** False if a verification was requested after `since`. */
    async noteVerification(id: string, at: Date, since: Date, tx: Knex): Promise<boolean> {
      return (await db.run(mayVerify, [id, at, since], tx)).rowCount === 1;
    },
    ...createPushStates(db),
  };
}

export type StreamStore = ReturnType<typeof createStreamStore>;

/** Statements for a process that pushes. */
function createPushStates(db: Database) {
  return {
    /** Only one process pushes to a stream, so that signals keep their order. */
    async claimPush(id: string, until: Date, at: Date): Promise<boolean> {
      return (await db.run(claimPush, [id, until, at])).rowCount === 1;
    },
    async releasePush(id: string, until: Date): Promise<void> {
      await db.run(releasePush, [id, until]);
    },
    async markSucceeded(id: string): Promise<void> {
      await db.run(succeeded, [id]);
    },
    /** @returns the time since which no push has succeeded */
    async markFailed(id: string, at: Date, error: string): Promise<Date> {
      const { rows } = await db.run<{ failing_since: Date }>(failed, [id, at, error]);
      return rows[0]?.failing_since ?? at;
    },
    /** False if the status was changed meanwhile. */
    async hold(
      { id, status }: SignalStream,
      change: StatusChange & { readonly heldBy: StreamHold },
      tx: Knex,
    ): Promise<boolean> {
      const values = [id, change.status, change.reason ?? null, change.heldBy, status];
      return (await db.run(hold, values, tx)).rowCount === 1;
    },
  };
}
