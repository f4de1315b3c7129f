// The commands of docs/backup.md work as printed.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { join } from 'node:path';
import { openDesk, readSection } from '#test/support/docs/printed-commands.ts';
import { createEmptyDirectory, createServerDatabase } from '#test/support/cli/shell.ts';
import { findPrograms } from '#test/support/services/programs.ts';

const page = 'docs/backup.md';
const { postgres } = findPrograms();

async function commandsOf(heading: string): Promise<readonly string[]> {
  const blocks = await readSection(page, heading);
  return blocks.filter(({ language }) => language === 'sh').map(({ code }) => code);
}

it('docs/backup.md backs up and restores the embedded database', async (t) => {
  const DATA_DIRECTORY = join(await createEmptyDirectory(t), 'data');
  const desk = await openDesk(t, { settings: { DATA_DIRECTORY }, places: {} });
  const [backup = '', restore = ''] = await commandsOf('Embedded database');
  await desk.run('npx ostiary setup-link');

  assert.match(await desk.run(backup), /^The backup is in ostiary\.backup/);
  assert.match(await desk.run(restore), /^The backup of .* is restored\./);
});

it('docs/backup.md backs up and restores PostgreSQL with pg_dump', async (t) => {
  const DATA_DIRECTORY = await createEmptyDirectory(t);
  const source = await createServerDatabase(t);
  const target = await createServerDatabase(t, { migrated: false });
  const [backup = '', restore = ''] = await commandsOf('PostgreSQL with pg_dump');
  const desk = await openDesk(t, {
    settings: { DATA_DIRECTORY },
    places: { 'pg_dump ': `${postgres}/pg_dump `, 'pg_restore ': `${postgres}/pg_restore ` },
  });

  await desk.run(`export DATABASE_URL='${source}'; npx ostiary setup-link; ${backup}`);
  const restored = await desk.run(`export DATABASE_URL='${target}'; ${restore}`);

  assert.match(restored, /^Everything that was issued before has ended\./);
});

it('docs/backup.md finds in an audit export what has to be done again', async (t) => {
  const DATA_DIRECTORY = await createEmptyDirectory(t);
  const DATABASE_URL = await createServerDatabase(t);
  const desk = await openDesk(t, { settings: { DATA_DIRECTORY, DATABASE_URL }, places: {} });
  const [find = ''] = await commandsOf('What has to be done again');
  const create = 'npx ostiary user create --email blocked@example.com --password-stdin';
  await desk.run(create, 'seven grey herons at noon\n');
  await desk.run('npx ostiary user block blocked@example.com --reason lost');
  await desk.run('npx ostiary audit export > audit.jsonl');

  const lines = (await desk.run(find)).trim().split('\n');

  assert.equal(lines.length, 1);
  assert.match(lines[0] ?? '', /"event":"user\.blocked"/);
});
