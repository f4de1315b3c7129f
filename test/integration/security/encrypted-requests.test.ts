// Encrypted request objects are not offered (docs/decisions/0043): a confidential request is pushed.
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { it } from 'node:test';
import { CompactEncrypt, importJWK } from 'jose';
import { describeApp } from '#test/support/app.ts';
import { assertRefused } from '#test/support/data/outcomes.ts';
import { aSigningClient, claimsOf } from '#test/support/steps/request-objects.ts';

describeApp('an encrypted request object', {}, (app) => {
  it('is refused, whatever key encrypted it', async () => {
    const { rp, sign } = await aSigningClient(app());
    const pending = await rp.request();
    const signed = new TextEncoder().encode(await sign(claimsOf(rp, pending)));
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const secret = new Uint8Array(32);
    const answer = await app().send(rp.as.jwks_uri ?? '');
    const { keys } = (await answer.json()) as { keys: { kty: string }[] }; // RFC 7517
    const rsa = keys.find(({ kty }) => kty === 'RSA');
    assert.ok(rsa);
    const signingKey = await importJWK({ ...rsa, alg: 'RSA-OAEP-256', use: 'enc' });
    const encrypted = [
      ['RSA-OAEP-256', publicKey],
      ['RSA-OAEP-256', signingKey],
      ['dir', secret],
    ] as const;

    for (const [alg, key] of encrypted) {
      const request = await new CompactEncrypt(signed)
        .setProtectedHeader({ alg, enc: 'A256GCM' })
        .encrypt(key);
      const refused = await rp.push(new URLSearchParams({ request }));
      assertRefused(refused, 400, 'invalid_request_object');
    }
  });

  it('cannot be registered', async () => {
    await assert.rejects(app().createClient({ request_object_encryption_alg: 'RSA-OAEP-256' }), {
      message: /request_object_encryption_alg" is not supported/,
    });
  });
});
