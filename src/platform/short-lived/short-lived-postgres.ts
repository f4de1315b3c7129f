// Short-lived entries in PostgreSQL, for processes that share no Redis (decision 0040). Each method is one
// statement on one row, which makes it atomic. The entries are in the table of opaque access tokens, whose
// expired rows the cleanup removes. They are JSON strings: the text that the other stores keep, because
// jsonb refuses some characters and reorders members.
import { sha256 } from '#platform/crypto/hashing.ts';
import type { Database, Rows, Statement } from '#platform/database/postgres.ts';
import {
  consumedAt,
  consumedStart,
  decodeEntry,
  encodeEntry,
  readTtlMs,
  type KeySpace,
  type ShortLivedStore,
} from './short-lived.ts';

const write: Statement = {
  name: 'short_lived_put',
  text: `
    insert into access_tokens (id_hash, content, expires_at)
    values ($1, $2, $3)
    on conflict (id_hash) do update
       set content = excluded.content, expires_at = excluded.expires_at`,
};

const find: Statement = {
  name: 'short_lived_get',
  text: 'select content from access_tokens where id_hash = $1 and expires_at > $2',
};

const findToken: Statement = { ...find, name: 'short_lived_get_token', isUrgent: true };

const remove: Statement = {
  name: 'short_lived_remove',
  text: 'delete from access_tokens where id_hash = $1',
};

const claim: Statement = {
  name: 'short_lived_claim',
  text: `
    insert into access_tokens (id_hash, content, expires_at)
    values ($1, '"{}"', $2)
    on conflict (id_hash) do update
       set content = excluded.content, expires_at = excluded.expires_at
     where access_tokens.expires_at <= $3`,
};

const consume: Statement = {
  name: 'short_lived_consume',
  text: `
    update access_tokens
       set content = to_jsonb(
             '${consumedStart}' || $3::text
             || case when content #>> '{}' = '{}' then '' else ',' end
             || substr(content #>> '{}', 2)
           )
     where id_hash = $1
       and expires_at > $2
       and not starts_with(content #>> '{}', '${consumedStart}')`,
};

const count: Statement = {
  name: 'short_lived_count',
  text: `
    insert into access_tokens as entry (id_hash, content, expires_at)
    values ($1, to_jsonb('{"count":1}'::text), $2)
    on conflict (id_hash) do update
       set content = case
             when entry.expires_at <= $3 then excluded.content
             else to_jsonb('{"count":' || 1 + ((entry.content #>> '{}')::jsonb ->> 'count')::bigint || '}')
           end,
           expires_at = case
             when entry.expires_at <= $3 then excluded.expires_at
             else entry.expires_at
           end
    returning (content #>> '{}')::jsonb ->> 'count' as count`,
};

interface Dependencies {
  readonly db: Database;
  readonly now: () => Date;
}

/** Introspection reads these. */
const tokenSpaces: ReadonlySet<KeySpace> = new Set<KeySpace>(['AccessToken', 'ClientCredentials']);

export function createPostgresShortLived({ db, now }: Dependencies): ShortLivedStore {
  let commands = 0;
  const later = (ttlMs: number) => new Date(now().getTime() + ttlMs);

  function run<Row extends object>(
    statement: Statement,
    space: KeySpace,
    key: string,
    ...values: readonly unknown[]
  ): Promise<Rows<Row>> {
    commands += 1;
    return db.run<Row>(statement, [hashOf(space, key), ...values]);
  }

  return {
    kind: 'postgres',
    commands: () => commands,
    // The entries are restored together with everything that is compared with them.
    async lossMark() {
      return 'postgres';
    },
    connections: () => 1,
    async ping() {
      commands += 1;
      await db.ping();
    },
    // The database is closed by its owner.
    async close() {},

    async put(space, key, value, ttlSeconds) {
      const ttlMs = readTtlMs(ttlSeconds);
      if (ttlMs <= 0) await run(remove, space, key);
      else await run(write, space, key, JSON.stringify(encodeEntry(value)), later(ttlMs));
    },

    async get(space, key) {
      const statement = tokenSpaces.has(space) ? findToken : find;
      const { rows } = await run<{ content: unknown }>(statement, space, key, now());
      return readContent(rows[0]?.content);
    },

    async remove(space, key) {
      await run(remove, space, key);
    },

    async claim(space, key, ttlSeconds) {
      const ttlMs = readTtlMs(ttlSeconds);
      if (ttlMs <= 0) return false;
      return (await run(claim, space, key, later(ttlMs), now())).rowCount === 1;
    },

    async consume(space, key, at) {
      return (await run(consume, space, key, now(), consumedAt(at))).rowCount === 1;
    },

    async count(space, key, ttlSeconds) {
      const ttlMs = Math.max(1, readTtlMs(ttlSeconds));
      const { rows } = await run<{ count: string }>(count, space, key, later(ttlMs), now());
      return Number(rows[0]?.count);
    },
  };
}

/** A token that was stored while Redis was unavailable is an object. */
function readContent(content: unknown): Record<string, unknown> | undefined {
  if (typeof content === 'string') return decodeEntry(content);
  return typeof content === 'object' && content !== null ? { ...content } : undefined;
}

function hashOf(space: KeySpace, key: string): Buffer {
  return sha256(`${space} ${key}`);
}
