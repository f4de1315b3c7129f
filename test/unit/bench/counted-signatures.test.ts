// The counters of the request budget see a signature however it is made.
import assert from 'node:assert/strict';
import { generateKeyPairSync, sign } from 'node:crypto';
import { it } from 'node:test';
import { generateKeyPair, SignJWT } from 'jose';
import { startCounting } from '#bench/budget/counters.ts';

it('counts a signature by WebCrypto and one by node:crypto', async () => {
  const { privateKey } = await generateKeyPair('ES256');
  const own = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const counters = startCounting();
  try {
    await new SignJWT({}).setProtectedHeader({ alg: 'ES256' }).sign(privateKey);
    const byWebCrypto = counters.take();
    sign('sha256', Buffer.from('text'), own.privateKey);
    const byNode = counters.take();

    assert.equal(byWebCrypto.signatures, 1);
    assert.equal(byNode.signatures, 1);
  } finally {
    counters.stop();
  }
});
