// Client authentication at the token endpoint, and the responses when it fails.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { describeApp } from '#test/support/app.ts';
import { assertRefused } from '#test/support/data/outcomes.ts';
import type { Answer } from '#test/support/actors/relying-party.ts';
import type { Send, WireRequest } from '#test/support/actors/http-client.ts';

const methods = ['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt'] as const;

describeApp('client authentication (RFC 6749 §2.3)', {}, (app) => {
  for (const auth of methods) {
    it(`issues tokens with ${auth}`, async () => {
      const rp = await app().relyingParty({ auth });

      const login = await rp.login(await app().createUser());

      assert.equal(await rp.isActive(login.accessToken), true);
      assert.notEqual((await rp.refresh(login.refreshToken)).refreshToken, '');
    });
  }

  it('fails without the secret, whatever else the request contains', async () => {
    const rp = await app().relyingParty({ auth: 'client_secret_basic' });
    const callback = await rp.authorize(await app().createUser());
    const nameOnly = await app().relyingPartyOf({
      ...rp.app,
      auth: (_as, { client_id }, body) => body.set('client_id', client_id),
    });

    assertRefused(await nameOnly.tryExchange(callback), 401, 'invalid_client');

    assert.notEqual((await rp.exchange(callback)).accessToken, '');
  });

  it('fails for a public client that sends a secret (RFC 8252 §8.4)', async () => {
    const rp = await app().relyingParty();
    const callback = await rp.authorize(await app().createUser());

    const answer = await rp.tryExchange(callback, { client_secret: 'x'.repeat(43) });

    assertRefused(answer, 401, 'invalid_client');
  });

  it('fails when a request uses two methods at once (RFC 6749 §2.3)', async () => {
    const rp = await app().relyingParty({ auth: 'client_secret_basic' });
    const callback = await rp.authorize(await app().createUser());

    const answer = await rp.tryExchange(callback, { client_secret: 'x'.repeat(43) });

    assert.ok([400, 401].includes(answer.status), answer.text);
    assert.equal(answer.body['access_token'], undefined);
  });

  it('fails after the client is blocked, and its tokens are revoked', async () => {
    const rp = await app().relyingParty({ auth: 'client_secret_post' });
    const other = await app().relyingParty({ auth: 'client_secret_post' });
    const login = await rp.login(await app().createUser());
    const { blocking } = app().services;

    await blocking.blockClient(rp.app.clientId, { kind: 'operator' });

    assertRefused(await rp.tryRefresh(login.refreshToken), 401, 'invalid_client');
    assertRefused(await rp.introspect(login.accessToken), 401, 'invalid_client');
    assert.equal(await other.isActive(login.accessToken), false);
    assert.equal((await rp.tryUserinfo(login.accessToken)).status, 401);
  });
});

describeApp('failed client authentication', {}, (app) => {
  const secret = 'x'.repeat(43);

  it('returns the same response for every kind of invalid credentials', async () => {
    const known = await app().createClient({ auth: 'client_secret_basic' });
    const blocked = await app().createClient({ auth: 'client_secret_basic' });
    const { blocking } = app().services;
    await blocking.blockClient(blocked.clientId, { kind: 'operator' });
    const headers = [
      basic(known.clientId, secret),
      basic('unknown', secret),
      basic(blocked.clientId, blocked.clientSecret),
      basic(known.clientId, 'y'.repeat(5000)),
      'Basic %%%',
      `Basic ${Buffer.from(`${known.clientId}:%zz`).toString('base64')}`,
      `Basic ${Buffer.from('no colon').toString('base64')}`,
    ];

    const answers = await Promise.all(headers.map((header) => ask(app(), header)));

    const [first, ...others] = answers;
    assert.deepEqual([first?.status, first?.body['error']], [401, 'invalid_client']);
    for (const { status, text } of others) assert.deepEqual([status, text], [401, first?.text]);
    for (const { headers: sent } of answers) {
      assert.match(sent.get('www-authenticate') ?? '', /^Basic /);
      assert.match(sent.get('cache-control') ?? '', /no-store/);
    }
  });

  it('returns the same response for every wrong secret in the request body', async () => {
    const known = await app().createClient({ auth: 'client_secret_post' });
    const tries = [
      { client_id: known.clientId, client_secret: secret },
      { client_id: 'unknown', client_secret: secret },
      { client_id: known.clientId, client_secret: 'z'.repeat(50_000) },
      { client_id: "' or 1=1 --", client_secret: secret },
    ];

    const answers = await Promise.all(
      tries.map((credentials) => post(app(), { grant_type: 'client_credentials', ...credentials })),
    );

    const texts = new Set(answers.map(({ status, text }) => `${status} ${text}`));
    assert.equal(texts.size, 1, [...texts].join('\n'));
    assertRefused(answers[0] ?? assert.fail(), 401, 'invalid_client');
  });

  it('returns invalid_request for a secret in the query string', async () => {
    const { clientId, clientSecret } = await app().createClient({ auth: 'client_secret_post' });
    const search = new URLSearchParams({ client_id: clientId, client_secret: clientSecret });

    const answer = await post(app(), { grant_type: 'client_credentials' }, `?${search.toString()}`);

    assertRefused(answer, 400, 'invalid_request');
  });
});

describe('client registration', () => {
  describeApp('authentication methods that require the plain-text secret', {}, (app) => {
    it('are refused at registration', async () => {
      const facts = { token_endpoint_auth_method: 'client_secret_jwt' };

      await assert.rejects(app().createClient(facts), { code: 'invalid_input' });
    });
  });
});

function basic(clientId: string, clientSecret: string): string {
  const encode = (text: string) => encodeURIComponent(text);
  return `Basic ${Buffer.from(`${encode(clientId)}:${encode(clientSecret)}`).toString('base64')}`;
}

interface Server {
  readonly issuer: string;
  readonly send: Send;
}

function ask(server: Server, authorization: string): Promise<Answer> {
  return post(server, { grant_type: 'client_credentials' }, '', { authorization });
}

async function post(
  { issuer, send }: Server,
  parameters: Record<string, string>,
  search = '',
  headers: WireRequest['headers'] = {},
): Promise<Answer> {
  const body = new URLSearchParams(parameters);
  const answer = await send(`${issuer}/oauth2/token${search}`, { method: 'POST', headers, body });
  const text = await answer.text();
  const json: Record<string, unknown> = JSON.parse(text); // Always JSON here.
  return { status: answer.status, headers: answer.headers, text, body: json };
}
