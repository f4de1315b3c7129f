// Makes the embedded database that tests copy, in the directory given; run by templates.ts. The
// directory gets its name when it is complete, for that is what tests wait for.
import { rename } from 'node:fs/promises';
import { openEmbedded } from '#platform/database/embedded-postgres.ts';
import { createTestLog } from './databases.ts';

const [path] = process.argv.slice(2);
if (!path) throw new Error('The directory to make is missing.');

const db = await openEmbedded({ directory: `${path}.new`, log: createTestLog() });
await db.migrate();
await db.close();
await rename(`${path}.new`, path);
