// The findings of doctor about the versions of running servers.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { version } from '#cli/version.ts';
import { openOlderServer } from '#test/support/cli/older-server.ts';
import { openEmbedded } from '#platform/database/embedded-postgres.ts';
import { connectPostgres } from '#platform/database/postgres.ts';
import { createDataDirectory, createTestLog } from '#test/support/services/databases.ts';
import {
  closeInReverse,
  createServerDatabase,
  openShell,
  startServer,
} from '#test/support/cli/shell.ts';

const others = `^warn {2}version: This command has version ${version}; running servers have `;
const advice = '\\.\n {6}-> Restart the servers with the version of this command, or run the';

describe('doctor, of the version', () => {
  it('names the versions of all servers on the same PostgreSQL', async (t) => {
    const closing = closeInReverse(t);
    const settings = { DATABASE_URL: await createServerDatabase(closing), PORT: '0' };
    const shell = await openShell(closing, settings);

    const stopped = await shell.run(['doctor']);
    await startServer(closing, settings);
    const same = await shell.run(['doctor']);
    const log = createTestLog();
    const url = settings.DATABASE_URL;
    const other = await connectPostgres({ url, log, version: '0.0.1', poolSize: 1 });
    closing.after(() => other.close());
    const mixed = await shell.run(['doctor']);

    assert.doesNotMatch(stopped.out, /version:/);
    assert.match(same.out, /^ok {4}version: The running servers have the version of this command/m);
    assert.match(mixed.out, new RegExp(`${others}0\\.0\\.1${advice}`, 'm'));
  });

  it('names the version of the server that has the embedded database open', async (t) => {
    const closing = closeInReverse(t);
    const directory = await createDataDirectory(closing);
    const db = await openEmbedded({ directory, log: createTestLog() });
    closing.after(() => db.close());
    const asked = await openOlderServer(closing, directory);
    const shell = await openShell(closing, { DATA_DIRECTORY: directory, PORT: '9' });

    const { out } = await shell.run(['doctor']);

    assert.match(out, /^ok {4}database: .* in use by the running server, which responds/m);
    assert.match(out, new RegExp(`${others}0\\.0\\.1${advice}`, 'm'));
    assert.deepEqual(asked, []);
  });
});
