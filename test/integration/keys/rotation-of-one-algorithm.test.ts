// A planned rotation of the key of one algorithm.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createApiClient, itemsOf } from '#test/support/actors/api-client.ts';
import { startTestApp } from '#test/support/app.ts';
import { createCommandRunner } from '#test/support/cli/in-process.ts';

it('rotates only the keys of the algorithms that are named, by API and command', async (t) => {
  const app = await startTestApp(t);
  const api = await createApiClient(app, ['keys:write']);
  const nextOf = (items: readonly Readonly<Record<string, unknown>>[]) =>
    items.filter(({ status }) => status === 'next').map(({ alg }) => alg);

  const rotated = await api.post('keys/rotate', { algorithms: ['RS256'] });
  const { run } = createCommandRunner(app.services);
  await run(['key', 'rotate', '--algorithm', 'ES256']);
  const usage = await run(['key', 'rotate', '--algorithm', 'ES256', '--now', '--yes']);
  const refused = [
    await api.post('keys/rotate', { algorithms: ['ML-DSA-65'] }),
    await api.post('keys/rotate', { algorithms: ['HS256'] }),
    await api.post('keys/rotate', { algorithms: [] }),
    await api.post('keys/rotate', { algorithms: ['RS256'], emergency: true }),
  ];
  const keys = await app.services.signingKeys.list();

  assert.deepEqual(nextOf(itemsOf(rotated)), ['RS256']);
  assert.equal(usage.exitCode, 2);
  assert.deepEqual(
    refused.map(({ status }) => status),
    [400, 400, 400, 400],
  );
  assert.match(String(refused[0]?.body['detail']), /No key signs with ML-DSA-65/);
  const next = keys.filter(({ status }) => status === 'next').map(({ alg }) => alg);
  assert.deepEqual(next.toSorted(), ['ES256', 'RS256']);
});
