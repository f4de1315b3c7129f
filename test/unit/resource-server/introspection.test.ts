// The resource server package and introspection (RFC 7662): which responses it accepts, and for how long.
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { decodeJwt, generateKeyPair } from 'jose';
import type { IntrospectionOptions } from '#resource-server/types.ts';
import { anApi, ask, bearer } from '#test/support/resource-server/asking.ts';
import { createProver } from '#test/support/resource-server/prover.ts';
import { usualClaims, type Claims } from '#test/support/resource-server/stand-in-issuer.ts';

const opaque = bearer('ost_at_opaque');
const passes = { subject: 'ann' };

async function anIntrospectingApi(t: TestContext, options: Partial<IntrospectionOptions> = {}) {
  t.mock.timers.enable({ apis: ['Date'], now: Date.now() });
  const clientSecret = options.privateKey ? {} : { clientSecret: 'a:b c' };
  const introspection = { clientId: 'api', ...clientSecret, ...options };
  const { issuer, api } = await anApi({ introspection });
  const endpoint = `${issuer.issuer}/oauth2/introspect`;
  const forms: URLSearchParams[] = [];
  const serve = (claims: Claims) =>
    issuer.answer(endpoint, ({ body }) => {
      forms.push(new URLSearchParams(body instanceof URLSearchParams ? body : ''));
      return { body: JSON.stringify(claims) };
    });
  const good = { ...usualClaims(issuer.issuer), active: true };
  serve(good);
  return {
    issuer,
    endpoint,
    forms,
    good,
    serve,
    async verdict(headers: Record<string, string> = opaque) {
      const verdict = await ask(api, headers);
      return 'error' in verdict ? verdict.error : verdict;
    },
  };
}

describe('an opaque token', () => {
  it('is introspected with the secret of the API', async (t) => {
    const { issuer, verdict, forms } = await anIntrospectingApi(t);

    assert.deepEqual(await verdict(), passes);

    const { init } = issuer.requests.at(-1) ?? {};
    const basic = new Headers(init?.headers).get('authorization') ?? '';
    // RFC 6749 §2.3.1: both parts are encoded as in a form.
    assert.equal(atob(basic.slice('Basic '.length)), 'api:a%3Ab+c');
    assert.equal(forms[0]?.get('token'), 'ost_at_opaque');
  });

  it('is introspected with the key of the API', async (t) => {
    const { privateKey } = await generateKeyPair('ES256');
    const key = { key: privateKey, alg: 'ES256' };
    const { issuer, verdict, forms } = await anIntrospectingApi(t, { privateKey: key });

    assert.deepEqual(await verdict(), passes);

    const { iss, sub, aud } = decodeJwt(forms[0]?.get('client_assertion') ?? '');
    assert.deepEqual([iss, sub, aud], ['api', 'api', issuer.issuer]);
  });

  it('is introspected once a second at most, and not after its expiry', async (t) => {
    const { verdict, forms, serve, good } = await anIntrospectingApi(t);
    await Promise.all([verdict(), verdict(), verdict()]);
    serve({ active: false });
    t.mock.timers.tick(999);
    assert.deepEqual([await verdict(), forms.length], [passes, 1]);
    t.mock.timers.tick(1);
    assert.deepEqual([await verdict(), forms.length], ['invalid_token', 2]);

    t.mock.timers.tick(1000);
    serve({ ...good, exp: Math.floor(Date.now() / 1000) + 1 });
    assert.deepEqual(await verdict(), passes);
    t.mock.timers.tick(1000);
    assert.deepEqual(await verdict(), 'invalid_token');
  });

  it('of the response for another token is not used', async (t) => {
    const { verdict, serve } = await anIntrospectingApi(t, { cacheSeconds: 60 });
    assert.deepEqual(await verdict(), passes);

    serve({ active: false });

    assert.equal(await verdict(bearer('ost_at_other')), 'invalid_token');
  });

  it('drops the least recently used responses', async (t) => {
    const { verdict, forms } = await anIntrospectingApi(t, { cacheEntries: 2 });
    for (const token of ['a', 'b', 'c', 'c', 'a']) await verdict(bearer(token));

    assert.deepEqual(
      forms.map((form) => form.get('token')),
      ['a', 'b', 'c', 'a'],
    );
  });

  const wrong = {
    'is inactive': { active: false },
    'is active only as a text': { active: 'true' },
    'is for another API': { aud: 'https://other.example.com' },
    'is for no API': { aud: undefined },
    'is of another issuer': { iss: 'https://evil.example' },
    'has expired': { exp: 1 },
    'has no expiry': { exp: undefined },
  };
  for (const [name, claims] of Object.entries(wrong)) {
    it(`is refused if the response says that it ${name}`, async (t) => {
      const { verdict, serve, good } = await anIntrospectingApi(t);
      serve({ ...good, ...claims });

      assert.equal(await verdict(), 'invalid_token');
    });
  }

  it('that is bound to a key is refused without a proof', async (t) => {
    const { verdict, serve, good } = await anIntrospectingApi(t);
    const { thumbprint } = await createProver();
    serve({ ...good, cnf: { jkt: thumbprint } });

    assert.equal(await verdict(), 'invalid_token');
    assert.equal(await verdict({ authorization: 'DPoP ost_at_opaque' }), 'invalid_dpop_proof');
  });

  it('is not decided without a response, which is not remembered', async (t) => {
    const { issuer, endpoint, verdict, serve, good } = await anIntrospectingApi(t);
    for (const body of ['', '[]', 'null']) {
      issuer.answer(endpoint, () => ({ status: body === '' ? 401 : 200, body }));
      assert.equal(await verdict(), 'temporarily_unavailable');
    }
    serve(good);
    assert.deepEqual(await verdict(), passes);
  });
});

describe('a JWT', () => {
  it('is introspected only if the API says so', async (t) => {
    const one = await anIntrospectingApi(t);
    const token = bearer(await one.issuer.accessToken());
    assert.deepEqual([await one.verdict(token), one.forms.length], [passes, 0]);
  });

  it('is refused when the provider calls it inactive', async (t) => {
    const { issuer, verdict, serve } = await anIntrospectingApi(t, { includeJwts: true });
    const token = bearer(await issuer.accessToken());
    assert.deepEqual(await verdict(token), passes);

    serve({ active: false });
    t.mock.timers.tick(1000);

    assert.equal(await verdict(token), 'invalid_token');
  });
});
