// REQUIRE_PKCE is the default for new clients only. Clients from before it became part of their
// metadata get the current setting at the first start of a server, and keep it.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { connectPostgres } from '#platform/database/postgres.ts';
import { createTestLog } from '#test/support/services/databases.ts';
import {
  closeInReverse,
  createEmptyDirectory,
  createServerDatabase,
  openShell,
  startServer,
} from '#test/support/cli/shell.ts';

it('start-up sets the PKCE policy of older clients once', async (t) => {
  const closing = closeInReverse(t);
  const DATABASE_URL = await createServerDatabase(closing);
  const DATA_DIRECTORY = await createEmptyDirectory(closing);
  const settings = { DATABASE_URL, DATA_DIRECTORY, PORT: '0', WORKERS: '1' };
  const shell = await openShell(closing, settings);
  const metadata = '{"client_id":"older","redirect_uris":["https://app.example/"]}';
  await shell.done(['client', 'create', '--metadata', '-'], metadata);
  await forgetPolicy(DATABASE_URL);

  const policies = [];
  for (const REQUIRE_PKCE of ['public', 'all']) {
    const server = await startServer(closing, { ...settings, REQUIRE_PKCE });
    policies.push((await shell.done(['client', 'show', 'older', '--json'])).json()['require_pkce']);
    await server.stop();
  }

  assert.deepEqual(policies, [false, false]);
});

async function forgetPolicy(url: string): Promise<void> {
  const db = await connectPostgres({ url, log: createTestLog(), poolSize: 1 });
  try {
    await db.knex.raw(`update clients set metadata = metadata - 'require_pkce'`);
  } finally {
    await db.close();
  }
}
