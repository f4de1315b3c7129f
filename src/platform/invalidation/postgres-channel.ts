// Changes on their way through PostgreSQL (NOTIFY), for as long as there is no Redis to carry them.
// Commits that notify wait for each other in the server, so this is not the way for hundreds a second.
import type { Database, Statement } from '#platform/database/postgres.ts';
import type { ChangeChannel } from './invalidation-channel.ts';

const channel = 'ostiary_changes';

const notify: Statement = {
  name: 'changes_notify',
  text: 'select pg_notify($1, $2)',
};

/** `undefined` where one process has the database for itself: there is nobody to tell. */
export function createPostgresChanges(db: Database): ChangeChannel | undefined {
  const { listen } = db;
  if (!listen) return undefined;
  return {
    async tell(text) {
      await db.run(notify, [channel, text]);
    },
    listen: (hearer) => listen(channel, hearer),
  };
}
