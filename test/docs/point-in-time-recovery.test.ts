// The point-in-time recovery of docs/backup.md works as printed, apart from paths and the moment.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { openDesk, readSection } from '#test/support/docs/printed-commands.ts';
import { createEmptyDirectory } from '#test/support/cli/shell.ts';
import { startArchivingPostgres } from '#test/support/services/archiving-postgres.ts';
import { connectTo } from '#test/support/services/databases.ts';

const page = 'docs/backup.md';

it('docs/backup.md recovers a moment before the damage', async (t) => {
  const blocks = await readSection(page, 'PostgreSQL with point-in-time recovery');
  const [settings = '', baseBackup = '', restore = '', finish = ''] = blocks.map(
    ({ code }) => code,
  );
  const adapt = (code: string, directory: string) =>
    code.replaceAll('/var/backups/ostiary', directory).replaceAll('/var/lib/postgresql', directory);
  const server = await startArchivingPostgres(t, (directory) => adapt(settings, directory));
  const { directory, url } = server;
  const DATA_DIRECTORY = await createEmptyDirectory(t);
  const desk = await openDesk(t, { settings: { DATABASE_URL: url, DATA_DIRECTORY }, places: {} });
  const create = (email: string) =>
    desk.run(
      `npx ostiary user create --email ${email} --password-stdin`,
      'seven grey herons at noon\n',
    );
  const databaseTime = async (): Promise<string> => {
    const db = await connectTo(t, url, { poolSize: 1 });
    const { rows } = await db.knex.raw('select clock_timestamp()::text as at');
    return String(rows[0].at);
  };

  await create('before@example.com');
  await server.shell(adapt(baseBackup, directory));
  await create('between@example.com');
  const moment = await databaseTime();
  await create('after@example.com');
  await server.shell(`psql "$DATABASE_URL" --command='select pg_switch_wal()'`);
  await server.stop();
  const chosen = adapt(restore, directory).replace(/'\d{4}-\d\d-\d\d [^']+'/, `'${moment}'`);
  await server.shell(chosen);
  await server.start('restored');

  const finished = await desk.run(finish);
  const users = await desk.run('npx ostiary user list --json');

  assert.match(finished, /^Everything that was issued before has ended\./);
  assert.match(users, /before@example\.com/);
  assert.match(users, /between@example\.com/);
  assert.doesNotMatch(users, /after@example\.com/);
});
