// Creates the embedded database that tests copy, in the given directory; run by
// database-templates.ts. The directory is renamed when it is complete, because tests wait until it exists.
import { rename } from 'node:fs/promises';
import { openEmbedded } from '#platform/database/embedded-postgres.ts';
import { createTestLog } from './databases.ts';

const [path] = process.argv.slice(2);
if (!path) throw new Error('Missing argument: directory');

const db = await openEmbedded({ directory: `${path}.new`, log: createTestLog() });
await db.migrate();
await db.close();
await rename(`${path}.new`, path);
