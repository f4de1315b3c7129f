// package.json keeps the rules of CONTRIBUTING.md: exact versions, the oldest Node.js that runs the
// code, and a lock file without download addresses.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';

const root = join(import.meta.dirname, '../..');

interface Manifest {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
  readonly engines: Readonly<Record<string, string>>;
}

function read(name: string): string {
  return readFileSync(join(root, name), 'utf8');
}

// The file is trusted; a missing member fails the test that needs it.
const manifest = JSON.parse(read('package.json')) as Manifest;

describe('package.json', () => {
  it('names the exact version of every dependency', () => {
    const { dependencies, devDependencies, optionalDependencies } = manifest;
    const all = { ...dependencies, ...devDependencies, ...optionalDependencies };

    const ranges = Object.entries(all).filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version));
    assert.deepEqual(ranges, []);
  });

  it('requires the Node.js version that the launcher checks', () => {
    const [, needed = ''] = /const needed = \[([\d, ]+)\]/.exec(read('bin/launch.mjs')) ?? [];

    assert.deepEqual(manifest.engines, { node: `>=${needed.replace(', ', '.')}` });
  });

  it('is locked without download addresses', () => {
    assert.doesNotMatch(read('package-lock.json'), /"resolved"/);
  });
});
