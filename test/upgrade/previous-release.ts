// The release before this one, as a commit in the history of this repository. A release sets it to
// the commit of the release before, and its newest migration to that of that commit. It is not 0.1.0, which
// must not run beside later nodes (docs/upgrades.md): until the next release, it is the commit since
// which migrations only expand the schema.
import { execFile } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createDirectory, type CleanUp } from '#test/support/services/databases.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');

export const previousRelease = {
  commit: 'd8a5912c252f0f8ce8493a4a705847e7e84f14a2',
  newestMigration: '0029-audit-events-by-name',
} as const;

/** The code of the previous release in a separate directory, with the packages of this one. */
export async function layOutPreviousRelease(t: CleanUp): Promise<string> {
  const { commit } = previousRelease;
  await requireCommit(commit);
  const parent = await createDirectory(t);
  const directory = join(parent, 'previous');
  await mkdir(directory);
  const archive = join(parent, 'previous.tar');
  const { stdout } = await run('git', ['-C', root, 'archive', commit], {
    encoding: 'buffer',
    maxBuffer: 512 * 1024 * 1024,
  });
  await writeFile(archive, stdout);
  await run('tar', ['-xf', archive, '-C', directory]);
  await symlink(join(root, 'node_modules'), join(directory, 'node_modules'));
  return directory;
}

async function requireCommit(commit: string): Promise<void> {
  try {
    await run('git', ['-C', root, 'cat-file', '-e', `${commit}^{commit}`]);
  } catch (cause) {
    throw new Error(
      `The previous release, commit ${commit}, is not in this checkout. The test runs its code from ` +
        'the history: use a full clone ("git fetch --unshallow"; fetch-depth: 0 in a workflow).',
      { cause },
    );
  }
}
