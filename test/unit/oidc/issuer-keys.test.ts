// The keys of trusted issuers: when they are fetched, and from where.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it, mock } from 'node:test';
import { jwtVerify, SignJWT, type JWK } from 'jose';
import { createIssuerKeys, IssuerUnavailable } from '#oidc/workloads/issuer-keys.ts';
import type { FederatedCredential } from '#oidc/workloads/federated-credentials.ts';
import { createKey } from '#test/support/actors/workload-issuer.ts';

const issuer = 'https://issuer.example';
const credential: FederatedCredential = { issuer, algorithms: ['RS256'], claims: { sub: 'a' } };

describe('keys of a trusted issuer', () => {
  beforeEach(() => mock.timers.enable({ apis: ['Date'], now: Date.parse('2026-05-04T12:00:00Z') }));
  afterEach(() => mock.timers.reset());

  async function setUp(discovery: Record<string, unknown> = {}) {
    const [first, second] = [await createKey(), await createKey()];
    const published: JWK[] = [first.jwk];
    const requested: string[] = [];
    const keys = createIssuerKeys({
      now: () => new Date(),
      async fetch(url) {
        requested.push(String(url));
        const document = { issuer, jwks_uri: `${issuer}/jwks`, ...discovery };
        return Response.json(String(url).endsWith('/jwks') ? { keys: published } : document);
      },
    });
    const verify = async ({ kid, privateKey }: typeof first) => {
      const header = { alg: 'RS256', kid };
      const jwt = await new SignJWT({}).setProtectedHeader(header).sign(privateKey);
      return jwtVerify(jwt, keys(credential));
    };
    return { first, second, published, requested, verify };
  }

  it('are found by discovery, and fetched once', async () => {
    const { first, requested, verify } = await setUp();

    await verify(first);
    await verify(first);

    assert.deepEqual(requested, [`${issuer}/.well-known/openid-configuration`, `${issuer}/jwks`]);
  });

  it('are fetched again for an unknown key, but not more than twice a minute', async () => {
    const { first, second, published, requested, verify } = await setUp();
    await verify(first);
    published.push(second.jwk);

    await assert.rejects(verify(second), /no applicable key/);
    const before = requested.length;
    mock.timers.setTime(Date.now() + 31_000);
    await verify(second);

    assert.deepEqual([before, requested.length], [2, 3]);
  });

  it('are not taken from a document that names another issuer', async () => {
    const { first, verify } = await setUp({ issuer: 'https://evil.example' });

    await assert.rejects(verify(first), IssuerUnavailable);
  });
});
