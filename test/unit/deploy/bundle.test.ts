// The bundle that releases run behaves like the sources.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { runProgram } from '#test/support/package.ts';

const root = join(import.meta.dirname, '../../..');
const bundler = join(root, 'deploy/bundle.ts');
const build = `
  const [, bundler, program, directory] = process.argv;
  const { writeBundle } = await import(bundler);
  await writeBundle({ entries: { names: program }, directory, external: [] });`;
const program = 'test/support/bundles/imported-names.ts';

it('a package that is imported on use has the same names in a bundle as in the sources', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'ostiary-bundle-'));
  t.after(() => rm(directory, { recursive: true }));
  runProgram(process.execPath, [
    '--input-type=module',
    '--eval',
    build,
    bundler,
    program,
    directory,
  ]);

  const bundled = runProgram(process.execPath, [join(directory, 'names.mjs')]);
  const fromSources = runProgram(process.execPath, [program]);

  assert.deepEqual(JSON.parse(bundled), JSON.parse(fromSources));
});
