// The hand-written server of the benchmark signs and verifies like the others; a floor that did less than
// necessary would be too low.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { createSigner } from '#bench/baselines/floor/signatures.ts';

it('converts every ES256 signature correctly', async () => {
  const signer = createSigner();
  const keys = createLocalJWKSet(signer.jwks);
  // Numbers with leading zeros or a high bit, which DER writes differently, are among so many.
  for (let count = 0; count < 600; count += 1) {
    const token = signer.sign('accessToken', { sub: `user ${count}` });
    const { payload } = await jwtVerify(token, keys);

    assert.equal(payload.sub, `user ${count}`);
    assert.equal(signer.verify(token)?.['sub'], `user ${count}`);
  }
});

it('refuses a token with another payload or signature', () => {
  const signer = createSigner();
  const [header, , signature] = signer.sign('accessToken', { sub: 'ann' }).split('.');
  const [, payload] = signer.sign('accessToken', { sub: 'bob' }).split('.');

  assert.equal(signer.verify(`${header}.${payload}.${signature}`), undefined);
  assert.equal(signer.verify(`${header}.${payload}.AAAA`), undefined);
  assert.equal(signer.verify('no token'), undefined);
});
