// A setting NAME may be given as a file, by NAME_FILE.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { readConfig } from '#config/config.ts';
import { cookieKey, faultsOf, production } from '#test/support/data/production-settings.ts';

describe('NAME_FILE', () => {
  it('is replaced by the content of the file', (t) => {
    const path = writeSecret(t, `${cookieKey}\n`);

    assert.deepEqual(readConfig({ COOKIE_KEYS_FILE: path }).cookieKeys, [cookieKey]);
    assert.equal(readConfig({ PORT_FILE: writeSecret(t, '4000\r\n') }).port, 4000);
    assert.equal(faultsOf({ ...production, COOKIE_KEYS: '', COOKIE_KEYS_FILE: path }).length, 0);
  });

  it('is rejected together with NAME', (t) => {
    const path = writeSecret(t, '4000');

    assert.deepEqual(faultsOf({ PORT: '4000', PORT_FILE: path }), [
      '- PORT and PORT_FILE are both set; keep one of them.',
    ]);
  });

  it('must name a readable file', () => {
    assert.deepEqual(faultsOf({ PORT_FILE: '/nowhere/port' }), [
      '- PORT cannot be read from "/nowhere/port" (ENOENT).',
    ]);
  });
});

function writeSecret(t: TestContext, content: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'ostiary-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const path = join(directory, 'secret');
  writeFileSync(path, content);
  return path;
}
