// The key store of a running oidc-provider, which src/oidc/patches/signing-keys.ts replaces.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  createLocalJWKSet,
  decodeProtectedHeader,
  exportJWK,
  generateKeyPair,
  jwtVerify,
  type JWK,
} from 'jose';
import { replaceSigningKeys } from '#oidc/patches/signing-keys.ts';
import { client, startBareProvider } from './bare-provider.ts';

async function aKey(kid: string, alg = 'RS256') {
  const pair = await generateKeyPair(alg, { extractable: true });
  const named = { kid, alg, use: 'sig' };
  return {
    private: { ...(await exportJWK(pair.privateKey)), ...named },
    public: { ...(await exportJWK(pair.publicKey)), ...named },
  };
}

describe('replaced signing keys of the installed oidc-provider', () => {
  it('sign the next ID token, and are published in the JWKS', async (t) => {
    const { get, obtainTokens, provider } = await startBareProvider(t);
    const [now, next] = [await aKey('now'), await aKey('next')];

    const published: JWK[] = [now.public, next.public];
    replaceSigningKeys(provider, { signing: [now.private], published, accepted: published });
    const { id_token: idToken = '' } = await obtainTokens();
    const { keys } = (await (await get('/jwks')).json()) as { keys: JWK[] }; // RFC 7517

    assert.equal(decodeProtectedHeader(idToken).kid, 'now');
    assert.deepEqual(keys, published);
    await jwtVerify(idToken, createLocalJWKSet({ keys }));
  });

  it('verify ID tokens of earlier keys as hints, unless these are no longer accepted', async (t) => {
    const { obtainTokens, provider } = await startBareProvider(t);
    const [old, now] = [await aKey('old'), await aKey('now')];
    const first = { signing: [old.private], published: [old.public], accepted: [old.public] };
    replaceSigningKeys(provider, first);
    const { id_token: idToken = '' } = await obtainTokens();
    const found = await provider.Client.find(client.client_id);
    assert.ok(found);
    const keys = { signing: [now.private], published: [now.public] };

    replaceSigningKeys(provider, { ...keys, accepted: [now.public, old.public] });
    await provider.IdToken.validate(idToken, found);
    replaceSigningKeys(provider, { ...keys, accepted: [now.public] });

    await assert.rejects(provider.IdToken.validate(idToken, found));
  });

  for (const alg of ['ES256', 'EdDSA', 'Ed25519', 'PS256']) {
    it(`sign and verify with ${alg}`, async (t) => {
      const { provider, records, issuer } = await startBareProvider(t, {
        enabledJWA: { idTokenSigningAlgValues: ['RS256', alg] } as object, // of the types' own list
      });
      const key = await aKey('now', alg);
      const keys = { signing: [key.private], published: [key.public], accepted: [key.public] };
      replaceSigningKeys(provider, keys);
      records.set('Client signing', {
        ...client,
        client_id: 'signing',
        id_token_signed_response_alg: 'RS256',
      });
      const found = await provider.Client.find('signing');
      assert.ok(found);
      // The algorithms of metadata are those of the keys at start.
      Object.assign(found, { idTokenSignedResponseAlg: alg });

      const token = new provider.IdToken({ sub: 'user' }, { client: found });
      token.mask = { sub: null };
      const idToken = await token.issue({ use: 'logout' });

      const { payload, protectedHeader } = await jwtVerify(
        idToken,
        createLocalJWKSet({ keys: [key.public] }),
      );
      assert.deepEqual([protectedHeader.alg, protectedHeader.kid], [alg, 'now']);
      assert.equal(payload.iss, issuer);
      await provider.IdToken.validate(idToken, found);
    });
  }
});
