// Elliptic curve signatures, compared with those of jose.
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { describe, it } from 'node:test';
import { CompactSign, compactVerify, exportJWK, generateKeyPair, type JWK } from 'jose';
import { createSigner, createVerifier } from '#platform/crypto/signatures.ts';

const algorithms = ['ES256', 'EdDSA', 'Ed25519'];
/** Of 256 signatures, about two have an integer with a leading zero byte. */
const rounds = 600;

async function createKeys(alg: string): Promise<{ privateJwk: JWK; publicJwk: JWK }> {
  const pair = await generateKeyPair(alg, { extractable: true });
  return {
    privateJwk: { ...(await exportJWK(pair.privateKey)), alg },
    publicJwk: { ...(await exportJWK(pair.publicKey)), alg },
  };
}

const encode = (text: string) => Buffer.from(text).toString('base64url');

for (const alg of algorithms) {
  describe(`a signature with ${alg}`, () => {
    it('is verified by jose', async () => {
      const { privateJwk, publicJwk } = await createKeys(alg);
      const signer = createSigner(privateJwk);
      assert.ok(signer);
      for (let round = 0; round < rounds; round += 1) {
        const input = `${encode(JSON.stringify({ alg }))}.${encode(`content ${round}`)}`;
        const signature: Buffer = signer.sign(Buffer.from(input));

        const jws = `${input}.${signature.toString('base64url')}`;
        const { payload } = await compactVerify(jws, publicJwk);

        assert.equal(Buffer.from(payload).toString(), `content ${round}`);
      }
    });

    it('of jose is verified, and refused for other content, keys and lengths', async () => {
      const { privateJwk, publicJwk } = await createKeys(alg);
      const verify = createVerifier(publicJwk);
      const verifyOther = createVerifier((await createKeys(alg)).publicJwk);
      assert.ok(verify && verifyOther);
      for (let round = 0; round < rounds; round += 1) {
        const jws = await new CompactSign(Buffer.from(`content ${round}`))
          .setProtectedHeader({ alg })
          .sign(privateJwk);
        const [header, content, last = ''] = jws.split('.');
        const input = Buffer.from(`${header}.${content}`);
        const signature = Buffer.from(last, 'base64url');

        assert.equal(verify(input, signature), true);
        assert.equal(verify(Buffer.concat([input, input]), signature), false);
        if (round > 20) continue;
        assert.equal(verifyOther(input, signature), false);
        assert.equal(verify(input, signature.subarray(1)), false);
        assert.equal(verify(input, Buffer.concat([signature, Buffer.of(0)])), false);
        assert.equal(verify(input, Buffer.alloc(64)), false);
        assert.equal(verify(input, Buffer.alloc(64, 0xff)), false);
        assert.equal(verify(input, Buffer.alloc(0)), false);
      }
    });

    it('is created and verified with keys of this algorithm only', async () => {
      const { privateJwk, publicJwk } = await createKeys(alg);
      const others = [{ alg: 'RS256' }, { alg: undefined }, { kty: 'RSA' }, { crv: 'P-384' }];

      for (const other of others) {
        assert.equal(createSigner({ ...privateJwk, ...other } as JWK), undefined); // not a valid key
        assert.equal(createVerifier({ ...publicJwk, ...other } as JWK), undefined); // not a valid key
      }
    });
  });
}

describe('an RSA key', () => {
  it('is left to WebCrypto', () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

    assert.equal(
      createSigner({ ...privateKey.export({ format: 'jwk' }), alg: 'RS256' }),
      undefined,
    );
  });
});
