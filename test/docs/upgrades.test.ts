// The commands of docs/upgrades.md work as printed, except for the one that needs systemd.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { it } from 'node:test';
import { openDesk, readSection } from '#test/support/docs/printed-commands.ts';
import { createEmptyDirectory, createServerDatabase } from '#test/support/cli/shell.ts';
import { findPrograms } from '#test/support/services/programs.ts';

const page = 'docs/upgrades.md';
const root = join(import.meta.dirname, '../..');

it('docs/upgrades.md migrates, and shows what delays a migration', async (t) => {
  const blocks = await readSection(page, 'Replace nodes one by one');
  const [migrate = '', look = ''] = blocks.map(({ code }) => code);
  const DATABASE_URL = await createServerDatabase(t, { migrated: false });
  const DATA_DIRECTORY = await createEmptyDirectory(t);
  const { postgres } = findPrograms();
  const places = { 'psql ': `${postgres}/psql ` };
  const desk = await openDesk(t, { settings: { DATABASE_URL, DATA_DIRECTORY }, places });

  assert.match(await desk.run(migrate), /^The database schema is up to date/);
  assert.match(await desk.run(look), /open_for/);
});

it('docs/upgrades.md names a unit that replaces workers on reload', async () => {
  const unit = readFileSync(join(root, 'deploy/ostiary.service'), 'utf8');

  assert.match(unit, /^ExecReload=\/bin\/kill -HUP \$MAINPID$/m);
  const named = [...readFileSync(join(root, page), 'utf8').matchAll(/`(test\/[\w./-]+)`/g)];
  assert.deepEqual(
    named.map(([, path = '']) => path).filter((path) => !existsSync(join(root, path))),
    [],
  );
});
