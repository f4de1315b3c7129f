// The findings of doctor about the age of backups and the environment of the database.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { it } from 'node:test';
import { openEmbedded } from '#platform/database/embedded-postgres.ts';
import { createDataDirectory, createTestLog } from '#test/support/services/databases.ts';
import { closeInReverse, createEmptyDirectory, openShell } from '#test/support/cli/shell.ts';

it('doctor knows the last backup of an embedded database, and warns when it is old', async (t) => {
  const closing = closeInReverse(t);
  const DATA_DIRECTORY = await createDataDirectory(closing);
  const shell = await openShell(closing, { DATA_DIRECTORY, PORT: '9' });

  const before = await shell.run(['doctor']);
  await shell.done(['backup', join(await createEmptyDirectory(closing), 'first.backup')]);
  const fresh = await shell.run(['doctor']);
  await recordBackup(DATA_DIRECTORY, new Date(Date.now() - 9 * 24 * 60 * 60 * 1000));
  const old = await shell.run(['doctor']);

  assert.match(before.out, /^ok {4}backup: There is no backup yet\./m);
  assert.match(fresh.out, /^ok {4}backup: The last backup was made less than an hour ago\./m);
  assert.match(old.out, /^warn {2}backup: The last backup was made 9 days ago\./m);
  assert.match(fresh.out, /^ok {4}environment: .* "development"\.$/m);
});

async function recordBackup(directory: string, at: Date): Promise<void> {
  const db = await openEmbedded({ directory, log: createTestLog() });
  try {
    await db.knex('installation').update({ last_backup_at: at });
  } finally {
    await db.close();
  }
}
