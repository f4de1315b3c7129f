// What other accounts on the machine can do with a data directory, whatever the mask of the process was.
import assert from 'node:assert/strict';
import { chmod, chown, lstat, mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { closeInReverse, openShell, startServer } from '#test/commands/shell.ts';
import { createDataDirectory, createDirectory } from '#test/stage/databases.ts';

/** Everything at or below a path that an account other than the owner may use, with its mode. */
async function openToOthers(path: string): Promise<readonly string[]> {
  const facts = await lstat(path);
  const names = facts.isDirectory() ? await readdir(path) : [];
  const below = await Promise.all(names.map((name) => openToOthers(join(path, name))));
  const mode = facts.mode & 0o777;
  return [...((mode & 0o077) === 0 ? [] : [`${mode.toString(8)} ${path}`]), ...below.flat()];
}

describe('a data directory', () => {
  it('holds nothing that other accounts can use, from the first start on, also when it was made open', async (t) => {
    const works = closeInReverse(t);
    const directory = join(await createDirectory(works), 'data');
    await mkdir(directory);
    await chmod(directory, 0o777);

    await startServer(works, { DATA_DIRECTORY: directory, PORT: '0' });

    assert.deepEqual(await openToOthers(directory), []);
    assert.ok((await readdir(join(directory, 'database'))).includes('PG_VERSION'));
  });

  it('is closed at the next start when an earlier version left it open to readers', async (t) => {
    const works = closeInReverse(t);
    const directory = await createDataDirectory(works);
    await chmod(directory, 0o755);
    await chmod(join(directory, 'database'), 0o755);
    await chmod(join(directory, 'database', 'PG_VERSION'), 0o666);

    await startServer(works, { DATA_DIRECTORY: directory, PORT: '0' });

    assert.deepEqual(await openToOthers(directory), []);
  });

  it('is refused when other accounts can replace what is in it, with what to do', async (t) => {
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

  it('keeps its mode when it holds other things too, and closes what Ostiary made', async (t) => {
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
