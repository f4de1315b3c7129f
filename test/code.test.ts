// The code as text: types, lint and form, which no other test would notice.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = new URL('..', import.meta.url);

describe('the code', () => {
  it('has no faults of type', async () => {
    assert.equal(await complaintsOf('typescript/bin/tsc', ['--noEmit']), '');
  });

  it('follows the rules of the linter', async () => {
    assert.equal(await complaintsOf('oxlint/bin/oxlint', ['--type-aware', '--quiet']), '');
  });

  it('has the form that the formatter gives it', async () => {
    assert.equal(await complaintsOf('oxfmt/bin/oxfmt', ['--check']), '');
  });
});

/** What the tool says when it is not content; nothing when it is. */
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
