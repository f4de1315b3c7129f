// The users about whom a receiver gets signals: those who use its client, except those that it removed from
// the stream.
import type { Knex } from 'knex';
import type { Database, Statement } from '#platform/database/postgres.ts';

export interface Relations {
  /** `<user> <client>` of users who allowed the client access or signed in to it. */
  readonly pairs: ReadonlySet<string>;
  /** `<user> <stream>` of deleted accounts whose receivers have not been notified yet. */
  readonly departed: ReadonlySet<string>;
  /** `<user> <stream>` of users that the receiver removed. */
  readonly removed: ReadonlySet<string>;
}

// First-party clients have no consent; a sign-in to one has a refresh token family.
const related: Statement = {
  name: 'signal_related',
  text: `
    select user_id, client_id from consents
     where user_id = any ($1::uuid[]) and client_id = any ($2::text[])
    union
    select user_id, client_id from refresh_families
     where user_id = any ($1::uuid[]) and client_id = any ($2::text[])`,
};

const subjects: Statement = {
  name: 'signal_subjects',
  text: 'select stream_id, user_id, removed from signal_subjects where user_id = any ($1::uuid[])',
};

const sessions: Statement = {
  name: 'signal_sessions',
  text: 'select uid, authorizations from sessions where uid = any ($1::text[])',
};

const remove: Statement = {
  name: 'signal_subject_remove',
  text: `
    insert into signal_subjects (stream_id, user_id, removed, at)
    select id, $2, true, $3 from signal_streams where id = $1
    on conflict (stream_id, user_id) do update set removed = true, at = excluded.at`,
};

const restore: Statement = {
  name: 'signal_subject_restore',
  text: 'delete from signal_subjects where stream_id = $1 and user_id = $2 and removed',
};

const forget: Statement = {
  name: 'signal_subjects_forget',
  text: 'delete from signal_subjects where user_id = any ($1::uuid[])',
};

/**
 * In the transaction that deletes an account: afterwards the user's clients are unknown. $1 is the user, $2
 * the time.
 */
export const rememberReceivers = `
  insert into signal_subjects (stream_id, user_id, removed, at)
  select s.id, $1, false, $2
    from signal_streams s
   where exists (select from consents c where c.user_id = $1 and c.client_id = s.client_id)
      or exists (select from refresh_families f where f.user_id = $1 and f.client_id = s.client_id)
  on conflict do nothing`;

export function pairOf(userId: string, other: string): string {
  return `${userId} ${other}`;
}

/** By `<session> <client>`. */
export type SessionIds = ReadonlyMap<string, string>;

export function createSignalSubjectStore(db: Database) {
  return {
    async relationsOf(
      userIds: readonly string[],
      clientIds: readonly string[],
      tx: Knex,
    ): Promise<Relations> {
      type Pair = { user_id: string; client_id: string };
      type Subject = { stream_id: string; user_id: string; removed: boolean };
      const pairs = await db.run<Pair>(related, [userIds, clientIds], tx);
      const known = await db.run<Subject>(subjects, [userIds], tx);
      const named = (isRemoved: boolean) =>
        known.rows
          .filter(({ removed }) => removed === isRemoved)
          .map((row) => pairOf(row.user_id, row.stream_id));
      return {
        pairs: new Set(pairs.rows.map((row) => pairOf(row.user_id, row.client_id))),
        departed: new Set(named(false)),
        removed: new Set(named(true)),
      };
    },
    /** The `sid` by which each client knows these sessions. */
    async sessionIds(uids: readonly string[], tx: Knex): Promise<SessionIds> {
      if (uids.length === 0) return new Map();
      type Row = { uid: string; authorizations: Record<string, { sid?: string }> };
      const { rows } = await db.run<Row>(sessions, [uids], tx);
      return new Map(
        rows.flatMap(({ uid, authorizations }) =>
          Object.entries(authorizations).flatMap(([clientId, { sid }]) =>
            sid === undefined ? [] : [[pairOf(uid, clientId), sid] as const],
          ),
        ),
      );
    },
    async remove(streamId: string, userId: string, at: Date): Promise<void> {
      await db.run(remove, [streamId, userId, at]);
    },
    async restore(streamId: string, userId: string): Promise<void> {
      await db.run(restore, [streamId, userId]);
    },
    /** Called after the receivers of these deleted accounts were notified. */
    async forget(userIds: readonly string[], tx: Knex): Promise<void> {
      if (userIds.length > 0) await db.run(forget, [userIds], tx);
    },
  };
}

export type SignalSubjectStore = ReturnType<typeof createSignalSubjectStore>;
