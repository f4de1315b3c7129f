import assert from 'node:assert/strict';
import { describe, it, mock, type TestContext } from 'node:test';
import mount from 'koa-mount';
import Provider from 'oidc-provider';
import type { Context } from '#http/context.ts';
import { aFormPost, issuer, startEdge } from './edge-rig.ts';

/** The engine behind the edge, with one client that may ask for tokens of its own. */
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

describe('the engine behind the edge', () => {
  it('reads the form that was read before it, without complaint', async (t) => {
    const app = await startEngine(t);

    const { status, body } = await app.send(aFormPost('/oauth2/token', credentials));

    assert.equal(status, 200);
    assert.ok(JSON.parse(body).access_token);
    assert.deepEqual(
      app.complaints().filter((line) => line.includes('parsed')),
      [],
    );
  });

  it('reads a form that came in pieces', async (t) => {
    const app = await startEngine(t);
    const post = aFormPost('/oauth2/token', credentials);

    const headers = { ...post.headers, 'transfer-encoding': 'chunked' };

    assert.equal((await app.send({ ...post, headers })).status, 200);
  });

  it('reads JSON, and answers for what is malformed itself', async (t) => {
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

  it('answers for an empty body and for the wrong kind of one', async (t) => {
    const app = await startEngine(t);
    const text = { ...aFormPost('/oauth2/token', 'x'), headers: { 'content-type': 'text/plain' } };

    assert.equal((await app.send({ method: 'POST', path: '/oauth2/token' })).status, 400);
    assert.equal((await app.send(text)).status, 400);
  });

  it('describes itself by the issuer, whatever the request claims', async (t) => {
    const app = await startEngine(t);

    const { body } = await app.send({
      path: '/.well-known/openid-configuration',
      headers: { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'http' },
    });

    assert.equal(JSON.parse(body).token_endpoint, 'https://id.example/oauth2/token');
  });
});
