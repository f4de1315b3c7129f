// `backup` and `restore` of the embedded database.
import assert from 'node:assert/strict';
import { chmod, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { cheapSettings } from '#test/support/app.ts';
import { createDataDirectory, type CleanUp } from '#test/support/services/databases.ts';
import {
  closeInReverse,
  createEmptyDirectory,
  createServerDatabase,
  openShell,
  startServer,
  type Shell,
} from '#test/support/cli/shell.ts';

const keys = {
  ENCRYPTION_KEYS: cheapSettings['ENCRYPTION_KEYS'] ?? '',
  COOKIE_KEYS: cheapSettings['COOKIE_KEYS'] ?? '',
};
const password = 'seven grey herons at noon\n';

async function openPlace(t: CleanUp) {
  const works = closeInReverse(t);
  const DATA_DIRECTORY = await createDataDirectory(works);
  const settings = { ...keys, DATA_DIRECTORY, PORT: '0' };
  const file = join(await createEmptyDirectory(works), 'ostiary.backup');
  return { works, settings, file, shell: await openShell(works, settings) };
}

function createUser(shell: Shell, email: string) {
  return shell.done(['user', 'create', '--email', email, '--password-stdin'], password);
}

/** The addresses of all users. */
async function listUsers(shell: Shell): Promise<readonly string[]> {
  const listed = await shell.done(['user', 'list', '--json']);
  return [...listed.out.matchAll(/"email":"([^"]+)"/g)].map(([, email = '']) => email).toSorted();
}

describe('ostiary backup and restore', () => {
  it('copy the database of a running server, and bring it back', async (t) => {
    const { works, settings, file, shell } = await openPlace(t);
    const server = await startServer(works, settings);
    await createUser(shell, 'ann@example.org');

    const made = await shell.done(['backup', file, '--json']);
    await createUser(shell, 'bo@example.org');
    const refused = await shell.run(['restore', file, '--yes', '--json']);
    await server.stop();
    const unconfirmed = await shell.run(['restore', file]);
    const before = await listUsers(shell);
    const restored = await shell.done(['restore', file, '--yes', '--json']);

    const { size, mode } = await stat(file);
    assert.deepEqual(made.json(), { file, bytes: size });
    assert.equal(mode & 0o777, 0o600);
    assert.deepEqual([refused.exitCode, refused.json()['error']], [4, 'conflict']);
    assert.match(refused.err, /only one process can use it/);
    assert.equal(unconfirmed.exitCode, 4);
    assert.match(unconfirmed.err, /Add --yes to replace it/);
    assert.deepEqual(before, ['ann@example.org', 'bo@example.org']);
    assert.match(JSON.stringify(restored.json()['audit']), /"whole":true/);
    assert.deepEqual(await listUsers(shell), ['ann@example.org']);
    const names = await readdir(settings.DATA_DIRECTORY);
    assert.deepEqual(
      names.filter((name) => name.startsWith('database')),
      ['database'],
    );
    const verified = await shell.done(['audit', 'verify', '--json']);
    assert.equal(verified.json()['whole'], true);
  });

  it('work without a server, in an empty directory, and record the backup', async (t) => {
    const { works, settings, file, shell } = await openPlace(t);
    await createUser(shell, 'ann@example.org');

    await shell.done(['backup', file]);
    const again = await shell.run(['backup', file]);
    const events = await shell.done(['audit', 'search', '--event', 'backup.created', '--json']);
    const other = await openShell(works, {
      ...settings,
      DATA_DIRECTORY: join(await createEmptyDirectory(works), 'data'),
    });
    await other.done(['restore', file]);

    assert.equal(again.exitCode, 4);
    assert.match(again.err, /exists already/);
    assert.equal(Object.values(events.json()).length, 1);
    assert.deepEqual(await listUsers(other), ['ann@example.org']);
  });

  it('refuse an archive of another installation with a message, and change nothing', async (t) => {
    const { works, settings, file, shell } = await openPlace(t);
    await shell.done(['backup', file]);
    await createUser(shell, 'ann@example.org');
    const archive = await readFile(file);
    const variant = async (content: Buffer | string) => {
      const path = `${file}-variant`;
      await writeFile(path, content);
      return path;
    };
    const end = archive.indexOf('\n');
    const header = archive.toString('utf8', 0, end);
    const withHeader = (text: string) => Buffer.concat([Buffer.from(text), archive.subarray(end)]);
    const damaged = Buffer.from(archive);
    damaged.writeUInt8((damaged.at(-9) ?? 0) ^ 1, damaged.length - 9);
    const other = (more: Readonly<Record<string, string>>) =>
      openShell(works, { ...settings, ...more });
    const otherKey = `b:${Buffer.alloc(32, 7).toString('base64')}`;

    const cases: readonly (readonly [Shell, Buffer | string, RegExp, number])[] = [
      [shell, 'anything\nelse', /is not an Ostiary backup/, 1],
      [shell, '', /is not an Ostiary backup/, 1],
      [shell, withHeader(header.replace('backup-1', 'backup-9')), /unknown format/, 1],
      [shell, archive.subarray(0, -100), /damaged/, 1],
      [shell, damaged, /damaged/, 1],
      [shell, withHeader(header.replace('"development"', '"staging"')), /header was changed/, 1],
      [await other({ ENCRYPTION_KEYS: otherKey }), archive, /other ENCRYPTION_KEYS/, 1],
      [await other({ ENVIRONMENT: 'staging' }), archive, /ENVIRONMENT development/, 4],
      [await other({ ISSUER: 'http://localhost:9' }), archive, /made with ISSUER/, 4],
      [await other({ DATABASE_URL: await createServerDatabase(works) }), archive, /pg_restore/, 4],
    ];
    for (const [place, content, message, exitCode] of cases) {
      const ran = await place.run(['restore', await variant(content), '--yes']);
      assert.match(ran.err, message);
      assert.equal(ran.exitCode, exitCode, ran.err);
      assert.equal(ran.out, '');
    }
    assert.deepEqual(await listUsers(shell), ['ann@example.org']);
  });

  it('refuse a restoration without the keys of the backup, and generate none', async (t) => {
    const works = closeInReverse(t);
    const DATA_DIRECTORY = await createDataDirectory(works);
    const shell = await openShell(works, { DATA_DIRECTORY });
    const file = join(await createEmptyDirectory(works), 'ostiary.backup');
    await shell.done(['backup', file]);
    const empty = await createEmptyDirectory(works);
    const other = await openShell(works, { DATA_DIRECTORY: empty });

    const ran = await other.run(['restore', file]);

    assert.equal(ran.exitCode, 4);
    assert.match(ran.err, /copy keys\.json/);
    assert.deepEqual(await readdir(empty), []);
    await chmod(empty, 0o700);
    await writeFile(join(empty, 'keys.json'), await readFile(join(DATA_DIRECTORY, 'keys.json')), {
      mode: 0o600,
    });
    await other.done(['restore', file]);
  });

  it('keep the previous database if a replacement was interrupted', async (t) => {
    const { settings, shell } = await openPlace(t);
    await createUser(shell, 'ann@example.org');
    const path = (name: string) => join(settings.DATA_DIRECTORY, name);

    await rename(path('database'), path('database.replaced'));
    const afterFirstRename = await listUsers(shell);
    await rm(path('database.replaced'), { recursive: true, force: true });

    assert.deepEqual(afterFirstRename, ['ann@example.org']);
  });
});
