// Types, lint rules and formatting, which no other test checks.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = new URL('../..', import.meta.url);

describe('source code', () => {
  it('has no type errors', async () => {
    assert.equal(await complaintsOf('typescript/bin/tsc', ['--noEmit']), '');
  });

  it('has no lint errors', async () => {
    assert.equal(await complaintsOf('oxlint/bin/oxlint', ['--type-aware', '--quiet']), '');
  });

  it('is formatted', async () => {
    assert.equal(await complaintsOf('oxfmt/bin/oxfmt', ['--check']), '');
  });
});

/** Returns the output of the tool if it fails, otherwise an empty string. */
async function complaintsOf(tool: string, options: readonly string[]): Promise<string> {
  const program = new URL(`node_modules/${tool}`, root).pathname;
  try {
    await run(process.execPath, [program, ...options], { cwd: root, maxBuffer: 16 * 1024 * 1024 });
    return '';
  } catch (error) {
    if (!(error instanceof Error && 'stdout' in error && 'stderr' in error)) throw error;
    return `${String(error.stdout)}${String(error.stderr)}` || error.message;
  }
}
