// The program as a release contains it. Tests that start processes run it: it starts in half the CPU time of
// the sources, and it is what operators run.
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const runProgram = promisify(execFile);

const root = new URL('../../../', import.meta.url).pathname;
/** The directory of bin/ of the sources, for tests that look at single modules. */
export const sourceDirectory = root;
/** Packages that are not part of the program are found from here. */
const parent = join(root, 'node_modules/.cache/ostiary-test');
const variable = 'TEST_PROGRAM';

/** Builds the program for the tests of this run. */
export async function buildProgram() {
  await mkdir(parent, { recursive: true });
  const directory = await mkdtemp(join(parent, 'program-'));
  await cp(join(root, 'bin'), join(directory, 'bin'), { recursive: true });
  const out = join(directory, 'dist/package');
  const build = join(root, 'deploy/package/build.ts');
  await runProgram(process.execPath, [build, '--out', out, '--without-site'], { cwd: root });
  return {
    env: { [variable]: directory },
    remove: () => rm(directory, { recursive: true, force: true }),
  };
}

/** The directory of bin/: that of the built program, or of the sources in a run of a few files. */
export function programDirectory(): string {
  return process.env[variable] ?? root;
}
