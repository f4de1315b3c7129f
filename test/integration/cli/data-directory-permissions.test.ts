// Access of other accounts on the machine to a data directory, whatever the umask of the process.
import assert from 'node:assert/strict';
import { chmod, chown, lstat, mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { closeInReverse, openShell, startServer } from '#test/support/cli/shell.ts';
import { createDataDirectory, createDirectory } from '#test/support/services/databases.ts';

/**
 * Lists the files at or below a path that accounts other than the owner can access, with their
 * modes.
 */
async function openToOthers(path: string): Promise<readonly string[]> {
  const facts = await lstat(path);
  const names = facts.isDirectory() ? await readdir(path) : [];
  const below = await Promise.all(names.map((name) => openToOthers(join(path, name))));
  const mode = facts.mode & 0o777;
  return [...((mode & 0o077) === 0 ? [] : [`${mode.toString(8)} ${path}`]), ...below.flat()];
}

describe('data directory', () => {
  it('is inaccessible to other accounts from the first start, even if it existed with open permissions', async (t) => {
    const works = closeInReverse(t);
    const directory = join(await createDirectory(works), 'data');
    await mkdir(directory);
    await chmod(directory, 0o777);

    await startServer(works, { DATA_DIRECTORY: directory, PORT: '0' });

    assert.deepEqual(await openToOthers(directory), []);
    assert.ok((await readdir(join(directory, 'database'))).includes('PG_VERSION'));
  });

  it('is made private at the next start if an earlier version left it readable', async (t) => {
    const works = closeInReverse(t);
    const directory = await createDataDirectory(works);
    await chmod(directory, 0o755);
    await chmod(join(directory, 'database'), 0o755);
    await chmod(join(directory, 'database', 'PG_VERSION'), 0o666);

    await startServer(works, { DATA_DIRECTORY: directory, PORT: '0' });

    assert.deepEqual(await openToOthers(directory), []);
  });

  it('is refused with instructions if other accounts can replace its contents', async (t) => {
    const works = closeInReverse(t);
    const directory = await createDataDirectory(works);
    await chmod(directory, 0o777);
    const shell = await openShell(works, { DATA_DIRECTORY: directory });

    const refused = await shell.run(['keys', 'list']);
    const started = startServer(works, { DATA_DIRECTORY: directory, PORT: '0' });

    assert.match(refused.err, /Other accounts can write to the data directory .*\(mode 0777\)/);
    assert.match(refused.err, /run "chmod 700 /);
    await assert.rejects(started, /Other accounts can write to the data directory/);
    await chmod(directory, 0o700);
    await shell.done(['keys', 'list']);
  });

  it('keeps its mode if it has other files, while the files of Ostiary are made private', async (t) => {
    const works = closeInReverse(t);
    const directory = await createDataDirectory(works);
    await writeFile(join(directory, 'notes.txt'), 'mine', { mode: 0o644 });
    await chmod(directory, 0o755);

    await startServer(works, { DATA_DIRECTORY: directory, PORT: '0' });

    assert.equal((await stat(directory)).mode & 0o777, 0o755);
    const notes = join(directory, 'notes.txt');
    assert.deepEqual(await openToOthers(directory), [`755 ${directory}`, `644 ${notes}`]);
  });

  it('of another account is refused', { skip: process.getuid?.() !== 0 }, async (t) => {
    const works = closeInReverse(t);
    const directory = await createDataDirectory(works);
    await chown(directory, 12_345, 12_345);
    const shell = await openShell(works, { DATA_DIRECTORY: directory });

    const { err, exitCode } = await shell.run(['keys', 'list']);

    assert.match(err, /belongs to another account \(uid 12345, this is uid 0\)/);
    assert.notEqual(exitCode, 0);
  });
});
