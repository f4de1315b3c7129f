// Stores opaque access tokens in PostgreSQL while Redis is unavailable, until they expire. Refresh
// continues during an outage, and the tokens it issues must be valid.
import { isAppError } from '#platform/errors.ts';
import { sha256 } from '#platform/crypto/hashing.ts';
import type { Database, Statement } from '#platform/database/postgres.ts';
import type { KeySpace, ShortLivedStore } from '#platform/short-lived/short-lived.ts';

const add: Statement = {
  name: 'access_token_add',
  text: `
    insert into access_tokens (id_hash, content, expires_at)
    values ($1, $2, $3)
    on conflict (id_hash) do update
       set content = excluded.content, expires_at = excluded.expires_at`,
};

const find: Statement = {
  name: 'access_token_find',
  text: 'select content from access_tokens where id_hash = $1 and expires_at > $2',
  isUrgent: true,
};

const remove: Statement = {
  name: 'access_token_remove',
  text: 'delete from access_tokens where id_hash = $1',
};

const any: Statement = {
  name: 'access_token_any',
  text: 'select exists (select 1 from access_tokens) as any',
  isUrgent: true,
};

/** How long the result of "is the table empty?" is cached, because it almost always is. */
const recheckMilliseconds = 1000;

/** How long the table is queried after an outage: the default lifetime of access tokens. */
const afterAbsenceMilliseconds = 60 * 60 * 1000;

const overflowing: ReadonlySet<KeySpace> = new Set<KeySpace>(['AccessToken', 'ClientCredentials']);

export interface OverflowDependencies {
  readonly db: Database;
  readonly primary: ShortLivedStore;
  readonly now: () => Date;
}

/** Same contract as the underlying store, which it replaces for access tokens. */
export function createAccessTokenOverflow(dependencies: OverflowDependencies): ShortLivedStore {
  const { db, primary, now } = dependencies;
  let belief = { any: false, until: 0 };

  async function hasAny(): Promise<boolean> {
    if (belief.until > now().getTime()) return belief.any;
    const { rows } = await db.run<{ any: boolean }>(any, []);
    belief = { any: rows[0]?.any === true, until: now().getTime() + recheckMilliseconds };
    return belief.any;
  }

  /** Redis is unavailable: any node may be writing here, and these tokens outlive the outage. */
  function believeForLong(): void {
    belief = { any: true, until: now().getTime() + afterAbsenceMilliseconds };
  }

  async function findHere(space: KeySpace, key: string) {
    if (!overflowing.has(space) || !(await hasAny())) return undefined;
    const { rows } = await db.run<{ content: Record<string, unknown> }>(find, [
      hashOf(space, key),
      now(),
    ]);
    return rows[0]?.content;
  }

  return {
    ...primary,
    async put(space, key, value, ttlSeconds) {
      try {
        await primary.put(space, key, value, ttlSeconds);
      } catch (error) {
        if (!overflowing.has(space) || !isAppError(error, 'store_unavailable')) throw error;
        const expiresAt = new Date(now().getTime() + ttlSeconds * 1000);
        await db.run(add, [hashOf(space, key), JSON.stringify(value), expiresAt]);
        believeForLong();
      }
    },
    async get(space, key) {
      try {
        return (await primary.get(space, key)) ?? (await findHere(space, key));
      } catch (error) {
        if (isAppError(error, 'store_unavailable')) believeForLong();
        const here = isAppError(error, 'store_unavailable')
          ? await findHere(space, key)
          : undefined;
        if (here) return here;
        throw error;
      }
    },
    async remove(space, key) {
      if (overflowing.has(space) && (await hasAny())) await db.run(remove, [hashOf(space, key)]);
      await primary.remove(space, key);
    },
  };
}

function hashOf(space: KeySpace, key: string): Buffer {
  return sha256(`${space} ${key}`);
}
