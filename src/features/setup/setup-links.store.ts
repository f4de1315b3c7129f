// One-time setup links for the first administrator, identified by the hash of their token. The
// service decides whether a link may still be used: only while there is no administrator.
import type { Knex } from 'knex';
import type { Database } from '#platform/database/postgres.ts';

/** Lifetime of a link: the log in which it was printed may be stored for longer. */
export const setupLinkSeconds = 24 * 60 * 60;

function oldestAt(at: Date): Date {
  return new Date(at.getTime() - setupLinkSeconds * 1000);
}

export function createSetupLinkStore(db: Database) {
  return {
    /** Does not invalidate earlier links: two nodes that start at the same time each print one. */
    async issue(tokenHash: Buffer, at: Date, tx: Knex = db.knex): Promise<void> {
      await tx('setup_links').insert({ token_hash: tokenHash, created_at: at });
    },

    /** True while the link is unused and has not expired; for displaying its page. */
    async isUsable(tokenHash: Buffer, at: Date): Promise<boolean> {
      const row: unknown = await db
        .knex('setup_links')
        .where({ token_hash: tokenHash, used_at: null })
        .where('created_at', '>', oldestAt(at))
        .first('created_at');
      return row !== undefined;
    },

    /** True for exactly one caller, whichever link it has: one use consumes all links. */
    async use(tokenHash: Buffer, at: Date, tx: Knex = db.knex): Promise<boolean> {
      // Locked in a fixed order, so that concurrent use of two links cannot deadlock.
      const { rows }: { rows: { token_hash: Buffer }[] } = await tx.raw(
        `with unused as (
           select token_hash, created_at
             from setup_links
            where used_at is null
            order by token_hash
              for update
         )
         update setup_links s
            set used_at = :at
           from unused
          where s.token_hash = unused.token_hash
            and exists (select 1 from unused where token_hash = :tokenHash and created_at > :oldest)
         returning s.token_hash`,
        { at, tokenHash, oldest: oldestAt(at) },
      );
      return rows.some((row) => row.token_hash.equals(tokenHash));
    },
  };
}

export type SetupLinkStore = ReturnType<typeof createSetupLinkStore>;
