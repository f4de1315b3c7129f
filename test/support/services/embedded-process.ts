// A process with an embedded database, to be killed by embedded-postgres.test.ts:
//   hold DIRECTORY    opens it, prints "ready" and waits
//   write DIRECTORY   inserts users endlessly and prints each id as soon as it is committed
import { randomUUID } from 'node:crypto';
import { openEmbedded } from '#platform/database/embedded-postgres.ts';
import { createUserStore } from '#core/users/users.store.ts';
import { aUser } from '#test/support/data/builders.ts';
import { createTestLog } from './databases.ts';

const [task, directory] = process.argv.slice(2);
if (!directory) throw new Error('the directory argument is missing');

const db = await openEmbedded({ directory, log: createTestLog() });
const users = createUserStore(db);
process.stdout.write('ready\n');
if (task === 'hold') setInterval(() => undefined, 1000);
if (task === 'write') await Promise.all(Array.from({ length: 4 }, write));

async function write(): Promise<never> {
  for (;;) {
    const id = randomUUID();
    await db.transaction((tx) => users.insert(aUser({ id }), tx));
    process.stdout.write(`${id}\n`);
  }
}
