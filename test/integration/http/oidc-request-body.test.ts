import assert from 'node:assert/strict';
import { describe, it, mock, type TestContext } from 'node:test';
import mount from 'koa-mount';
import Provider from 'oidc-provider';
import type { Context } from '#http/context.ts';
import { aFormPost, issuer, startEdge } from '#test/support/middleware-app.ts';

/** oidc-provider behind the middleware, with one client for the client credentials grant. */
async function startEngine(t: TestContext) {
  const said = ['info', 'warn', 'error'] as const;
  const warnings = said.map((level) => mock.method(console, level, () => undefined));
  t.after(() => mock.restoreAll());
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: 'machine',
        client_secret: 'secret',
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
      },
    ],
    cookies: { keys: ['a key of the test'] },
    features: {
      clientCredentials: { enabled: true },
      registration: { enabled: true },
      devInteractions: { enabled: false },
    },
    routes: { token: '/oauth2/token', registration: '/oauth2/register' },
  });
  const engine = mount(provider);
  const app = await startEdge(t, {
    handlers: [(ctx: Context, next) => engine(ctx, next)],
  });
  const complaints = () =>
    warnings.flatMap(({ mock: { calls } }) => calls.map((call) => String(call.arguments[0])));
  return { ...app, complaints };
}

const credentials = 'grant_type=client_credentials&client_id=machine&client_secret=secret';

describe('oidc-provider behind the request middleware', () => {
  it('reads a form that the middleware has read before, without a warning', async (t) => {
    const app = await startEngine(t);

    const { status, body } = await app.send(aFormPost('/oauth2/token', credentials));

    assert.equal(status, 200);
    assert.ok(JSON.parse(body).access_token);
    assert.deepEqual(
      app.complaints().filter((line) => line.includes('parsed')),
      [],
    );
  });

  it('reads a form that arrived in chunks', async (t) => {
    const app = await startEngine(t);
    const post = aFormPost('/oauth2/token', credentials);

    const headers = { ...post.headers, 'transfer-encoding': 'chunked' };

    assert.equal((await app.send({ ...post, headers })).status, 200);
  });

  it('accepts a JSON body, and rejects malformed or deeply nested JSON', async (t) => {
    const app = await startEngine(t);
    const register = async (body: string) => {
      const headers = { 'content-type': 'application/json' };
      const answer = await app.send({ method: 'POST', path: '/oauth2/register', headers, body });
      return [answer.status, JSON.parse(answer.body).error];
    };

    assert.deepEqual(await register('{"redirect_uris":["https://rp.example/cb"]}'), [
      201,
      undefined,
    ]);
    assert.deepEqual(await register('{"redirect_uris":'), [400, 'invalid_request']);
    assert.deepEqual(await register(`{"a":${'['.repeat(5000)}${']'.repeat(5000)}}`), [
      400,
      'invalid_request',
    ]);
  });

  it('responds with an OAuth error to an empty body and to another media type', async (t) => {
    const app = await startEngine(t);
    const text = { ...aFormPost('/oauth2/token', 'x'), headers: { 'content-type': 'text/plain' } };

    assert.equal((await app.send({ method: 'POST', path: '/oauth2/token' })).status, 400);
    assert.equal((await app.send(text)).status, 400);
  });

  it('uses the issuer in discovery, whatever the request headers claim', async (t) => {
    const app = await startEngine(t);

    const { body } = await app.send({
      path: '/.well-known/openid-configuration',
      headers: { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'http' },
    });

    assert.equal(JSON.parse(body).token_endpoint, 'https://id.example/oauth2/token');
  });
});
