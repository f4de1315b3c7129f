// Invalidation messages through PostgreSQL (NOTIFY), for installations without Redis. Commits that
// notify are serialized by the server, so this does not scale to hundreds per second.
import type { Database, Statement } from '#platform/database/postgres.ts';
import type { InvalidationChannel } from './invalidation-channel.ts';

const channel = 'ostiary_changes';

const notify: Statement = {
  name: 'changes_notify',
  text: 'select pg_notify($1, $2)',
};

/**
 * Returns `undefined` for a database that only one process uses, because there are no other nodes.
 */
export function createPostgresInvalidation(db: Database): InvalidationChannel | undefined {
  const { listen } = db;
  if (!listen) return undefined;
  return {
    async tell(text) {
      await db.run(notify, [channel, text]);
    },
    listen: (subscriber) => listen(channel, subscriber),
  };
}
