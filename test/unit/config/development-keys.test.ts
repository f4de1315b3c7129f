import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { type Config, readConfig } from '#config/config.ts';
import { completeKeys } from '#config/development-keys.ts';

function aConfig(t: TestContext, interesting: Partial<Config> = {}): Config {
  const parent = mkdtempSync(join(tmpdir(), 'ostiary-'));
  t.after(() => rmSync(parent, { recursive: true }));
  return { ...readConfig({}), dataDirectory: join(parent, 'data'), ...interesting };
}

describe('development keys', () => {
  it('are generated once and then reused', async (t) => {
    const config = aConfig(t);

    const [first, second] = [await completeKeys(config), await completeKeys(config)];

    assert.equal(first.encryptionKeys[0]?.key.length, 32);
    assert.equal(first.cookieKeys.length, 1);
    assert.deepEqual(second, first);
  });

  it('are the same for processes that start concurrently', async (t) => {
    const config = aConfig(t);

    const all = await Promise.all(Array.from({ length: 20 }, () => completeKeys(config)));

    assert.equal(new Set(all.map(({ cookieKeys }) => cookieKeys[0])).size, 1);
    assert.deepEqual(readdirSync(config.dataDirectory), ['keys.json']);
  });

  it('are readable by their owner only', async (t) => {
    const config = aConfig(t);

    await completeKeys(config);

    assert.equal(statSync(join(config.dataDirectory, 'keys.json')).mode & 0o777, 0o600);
    assert.equal(statSync(config.dataDirectory).mode & 0o777, 0o700);
  });

  it('never replace configured keys', async (t) => {
    const config = aConfig(t, { cookieKeys: ['mine'] });

    const completed = await completeKeys(config);

    assert.deepEqual(completed.cookieKeys, ['mine']);
    assert.equal(completed.encryptionKeys.length, 1);
  });

  it('are not regenerated if their file is damaged', async (t) => {
    const config = aConfig(t);
    await completeKeys(config);
    for (const content of [
      '',
      '{"cookieKeys":',
      '{}',
      '{"encryptionKeys":"a:b","cookieKeys":"c"}',
    ]) {
      writeFileSync(join(config.dataDirectory, 'keys.json'), content);

      await assert.rejects(completeKeys(config), /cannot be used/, content);
    }
  });

  it('are never generated in production', async (t) => {
    await assert.rejects(completeKeys(aConfig(t, { environment: 'production' })), /production/);
  });
});
