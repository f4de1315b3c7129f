// The resource server package and tokens that are bound to a key: DPoP (RFC 9449 §4.3, §7) and TLS client
// certificates (RFC 8705 §3).
import assert from 'node:assert/strict';
import { createHash, randomBytes, X509Certificate } from 'node:crypto';
import { describe, it } from 'node:test';
import type { ResourceServerOptions } from '#resource-server/types.ts';
import { anApi, apiOf, ask, bearer, url, verdictOf } from '#test/support/resource-server/asking.ts';
import { createProver } from '#test/support/resource-server/prover.ts';
import { audience } from '#test/support/resource-server/stand-in-issuer.ts';

const metadata = `resource_metadata="${audience}/.well-known/oauth-protected-resource"`;
const algs = 'algs="ES256 EdDSA Ed25519"';
const refusedProof = {
  status: 401,
  error: 'invalid_dpop_proof',
  challenge: `DPoP error="invalid_dpop_proof", ${algs}, ${metadata}`,
};

async function aBoundToken(options: Partial<ResourceServerOptions> = {}) {
  const { issuer, api } = await anApi(options);
  const prover = await createProver();
  const token = await issuer.accessToken({ cnf: { jkt: prover.thumbprint } });
  const headers = (dpop: string) => ({ authorization: `DPoP ${token}`, dpop });
  return { issuer, api, prover, token, headers };
}

describe('a token that is bound to a DPoP key', () => {
  it('passes with a proof, once', async () => {
    const { api, prover, token, headers } = await aBoundToken();
    const proof = await prover.prove(url, token);

    assert.deepEqual(await ask(api, headers(proof)), { subject: 'ann' });
    assert.deepEqual(await ask(api, headers(proof)), refusedProof);
    assert.deepEqual(await ask(api, headers(await prover.prove(url, token))), { subject: 'ann' });
  });

  it('is refused as a Bearer token, and an unbound token as a DPoP token', async () => {
    const { issuer, api, prover, token } = await aBoundToken();
    const unbound = await issuer.accessToken();
    const dpop = await prover.prove(url, unbound);

    const stolen = await ask(api, bearer(token));
    const downgraded = await ask(api, { authorization: `DPoP ${unbound}`, dpop });

    assert.equal(Object(stolen).error, 'invalid_token');
    assert.deepEqual(downgraded, {
      status: 401,
      error: 'invalid_token',
      challenge: `DPoP error="invalid_token", ${algs}, ${metadata}`,
    });
  });

  const at = Math.floor(Date.now() / 1000);
  const wrongClaims = {
    'another method': { htm: 'POST' },
    'another path': { htu: `${audience}/other` },
    'another host': { htu: 'https://evil.example/tasks' },
    'another scheme': { htu: url.replace('https', 'http') },
    'no URL': { htu: 'tasks' },
    'another token': { ath: createHash('sha256').update('x').digest('base64url') },
    'no token': { ath: undefined },
    'no id': { jti: undefined },
    'no time': { iat: undefined },
    'an old time': { iat: at - 120 },
    'a future time': { iat: at + 120 },
  };
  for (const [name, claims] of Object.entries(wrongClaims)) {
    it(`is refused with a proof with ${name}`, async () => {
      const { api, prover, token, headers } = await aBoundToken();

      const proof = await prover.prove(url, token, claims);

      assert.deepEqual(await ask(api, headers(proof)), refusedProof);
    });
  }

  it('is refused with a proof of another key, type or algorithm, with two proofs, and without', async () => {
    const { api, prover, token, headers } = await aBoundToken();
    const thief = await createProver();
    const good = await prover.prove(url, token);
    const two = new Headers(headers(good));
    two.append('dpop', await prover.prove(url, token));
    const [head = '', body = ''] = good.split('.');
    const wrong = [
      headers(await thief.prove(url, token)),
      // The header names the right key, but the signature is by another one.
      headers(await thief.prove(url, token, {}, { jwk: prover.jwk })),
      headers(await prover.prove(url, token, {}, { typ: 'JWT' })),
      headers(`${head}.${body}.`),
      headers(''),
      two,
      { authorization: `DPoP ${token}` },
    ];

    for (const sent of wrong) assert.deepEqual(await ask(api, sent), refusedProof);
  });

  it('is compared without the query, and with equivalent escapes', async () => {
    const { api, prover, token } = await aBoundToken();
    const address = `${audience}/a%2fb/%7Eann?page=2`;
    const authorization = `DPoP ${token}`;
    const dpop = await prover.prove(`${audience}/a%2Fb/~ann#part`, token);

    const result = await api.verify(new Request(address, { headers: { authorization, dpop } }));

    assert.deepEqual(await verdictOf(result), { subject: 'ann' });
  });

  it('is compared with the public URL, whatever the host of the request', async () => {
    const { api, prover, token } = await aBoundToken({ baseUrl: 'https://www.example.com/v1/' });
    const dpop = await prover.prove('https://www.example.com/v1/tasks', token);
    const headers = { authorization: `DPoP ${token}`, dpop };

    const inside = await api.verify(new Request('http://10.0.0.1:8080/tasks', { headers }));

    assert.deepEqual(await verdictOf(inside), { subject: 'ann' });
  });

  it('is required of every client, if the API says so', async () => {
    const { issuer, api } = await aBoundToken({ dpop: { required: true } });

    assert.deepEqual(await ask(api, bearer(await issuer.accessToken())), {
      status: 401,
      error: 'invalid_token',
      challenge: `DPoP error="invalid_token", ${algs}, ${metadata}`,
    });
    assert.equal(Object(await ask(api, {})).challenge, `DPoP ${algs}, ${metadata}`);
  });

  it('needs a fresh nonce of the API, if it issues nonces', async (t) => {
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
    const nonceSecret = new Uint8Array(randomBytes(32));
    const { issuer, api, prover, token, headers } = await aBoundToken({ dpop: { nonceSecret } });
    const request = async (nonce?: string, by = api) => {
      const dpop = await prover.prove(url, token, nonce === undefined ? {} : { nonce });
      return by.verify(new Request(url, { headers: headers(dpop) }));
    };
    const refused = await request();
    assert.ok(refused instanceof Response);
    const nonce = refused.headers.get('dpop-nonce') ?? '';

    assert.equal(Object(await verdictOf(refused)).error, 'use_dpop_nonce');
    assert.deepEqual(await verdictOf(await request(nonce)), { subject: 'ann' });
    const other = apiOf(issuer, { dpop: { nonceSecret } });
    assert.deepEqual(await verdictOf(await request(nonce, other)), { subject: 'ann' });
    assert.equal(Object(await verdictOf(await request('made up'))).error, 'use_dpop_nonce');
    t.mock.timers.tick(241_000);
    assert.equal(Object(await verdictOf(await request(nonce))).error, 'use_dpop_nonce');
  });

  it('is not decided while the memory of proofs is full, and is accepted again later', async (t) => {
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
    const { api, prover, token, headers } = await aBoundToken({ dpop: { replayEntries: 2 } });
    const send = async () => ask(api, headers(await prover.prove(url, token)));

    assert.deepEqual([await send(), await send()], [{ subject: 'ann' }, { subject: 'ann' }]);
    assert.equal(Object(await send()).status, 503);
    t.mock.timers.tick(72_000);
    assert.deepEqual(await send(), { subject: 'ann' });
  });
});

describe('a token that is bound to a client certificate', () => {
  const thumbprint = createHash('sha256')
    .update(new X509Certificate(pem()).raw)
    .digest('base64url');
  const cnf = { 'x5t#S256': thumbprint };

  it('passes with the certificate, as PEM or DER', async () => {
    const { issuer, api } = await anApi();
    const token = await issuer.accessToken({ cnf });

    for (const certificate of [pem(), new X509Certificate(pem()).raw]) {
      const verdict = await ask(api, bearer(token), { clientCertificate: () => certificate });
      assert.deepEqual(verdict, { subject: 'ann' });
    }
  });

  it('is refused with another one, without one, and without a callback', async () => {
    const { issuer, api } = await anApi();
    const token = await issuer.accessToken({ cnf });
    const other = randomBytes(64);
    const broken = '-----BEGIN CERTIFICATE-----\n====\n-----END CERTIFICATE-----';

    for (const certificate of [other, '', 'x', broken, undefined]) {
      const verdict = await ask(api, bearer(token), { clientCertificate: () => certificate });
      assert.equal(Object(verdict).error, 'invalid_token');
    }
    assert.equal(Object(await ask(api, bearer(token))).error, 'invalid_token');
  });
});

/** Self-signed, for this test only. */
function pem(): string {
  return `-----BEGIN CERTIFICATE-----
MIIBeTCCAR+gAwIBAgIUYwhGA3q1zDKQwmMJh3AirrBRkU4wCgYIKoZIzj0EAwIw
ETEPMA0GA1UEAwwGY2xpZW50MCAXDTI2MTEyOTE0MzQwN1oYDzIxMjYxMTA1MTQz
NDA3WjARMQ8wDQYDVQQDDAZjbGllbnQwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNC
AARJs2CyUQVmlUmNnBVVeWDbVcGXTXkekq6N61ZYaR9iPazPavQkmhFVsSIDVBu3
ISUkaWNicXFvlYjwRhsNEUPIo1MwUTAdBgNVHQ4EFgQU7Zdibrs9+4Zmg4km1TuE
cIiK2pswHwYDVR0jBBgwFoAU7Zdibrs9+4Zmg4km1TuEcIiK2pswDwYDVR0TAQH/
BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiEAyrwU1wLrufenopWTGTX35B4pif8d
OazuRu+xCLzgtZYCIGKYCj2vseAcNovEXeiQGJBQs/9H5PFUzJUVN3VBptNR
-----END CERTIFICATE-----`;
}
