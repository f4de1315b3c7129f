// Dynamic client registration (RFC 7591) with CLIENT_REGISTRATION=open: the result, its limits, and which
// URIs are refused.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp, describeOnEachArrangement, type TestApp } from '#test/support/app.ts';
import { createCommandRunner } from '#test/support/cli/in-process.ts';
import { offline } from '#test/support/data/outcomes.ts';
import {
  createRegistrationClient,
  identityOf,
  webClient,
} from '#test/support/steps/client-registration.ts';

const open = { CLIENT_REGISTRATION: 'open' };

describeOnEachArrangement(
  'open client registration',
  (app) => {
    it('registers a client that a user signs in to, with PKCE and a refresh token', async () => {
      const answer = await registration(app()).register({
        ...webClient,
        grant_types: ['authorization_code', 'refresh_token'],
      });
      assert.equal(answer.status, 201, JSON.stringify(answer.body));

      const rp = await app().relyingPartyOf(identityOf(answer));
      const login = await rp.login(await app().createUser(), offline);
      const refreshed = await rp.refresh(login.refreshToken);

      assert.notEqual(refreshed.accessToken, login.accessToken);
      assert.equal(answer.headers.get('cache-control'), 'no-store');
    });

    it('asks for consent, and shows a blocked client as unknown', async () => {
      const answer = await registration(app()).register(webClient);
      const rp = await app().relyingPartyOf(identityOf(answer));
      const { email, password } = await app().createUser();
      const browser = app().browser();
      const page = await browser.open((await rp.request()).url);
      const consent = await page.press('sign-in', { login: email, password });
      assert.equal(consent.has('allow'), true, consent.text);

      const by = { kind: 'operator' } as const;
      await app().services.blocking.blockClient(rp.app.clientId, by);
      const refused = await browser.open((await rp.request()).url);
      assert.equal(refused.errorCode, 'invalid_client');
    });
  },
  open,
);

describeApp('a client that registers itself', { settings: open }, (app) => {
  it('finds the endpoint in both discovery documents', async () => {
    for (const name of ['openid-configuration', 'oauth-authorization-server']) {
      const response = await app().send(`${app().issuer}/.well-known/${name}`);
      const document = (await response.json()) as Record<string, unknown>; // a JSON object
      assert.equal(document['registration_endpoint'], `${app().issuer}/oauth2/register`);
    }
  });

  it('gets the defaults of the specifications, a secret and a registration access token', async () => {
    const { body } = await registration(app()).register(webClient);

    const { client_id: id, client_secret: secret, client_id_issued_at: at, ...rest } = body;
    assert.match(String(id), /^[0-9a-f-]{36}$/);
    assert.equal(String(secret).length, 43);
    assert.ok(Math.abs(Number(at) - Date.now() / 1000) < 60);
    assert.deepEqual(
      { ...rest, registration_access_token: '' },
      {
        client_name: 'Wiki',
        redirect_uris: ['https://wiki.example/callback'],
        application_type: 'web',
        grant_types: ['authorization_code'],
        response_types: ['code'],
        token_endpoint_auth_method: 'client_secret_basic',
        id_token_signed_response_alg: 'RS256',
        scope: 'openid profile email address phone offline_access',
        client_secret_expires_at: 0,
        registration_client_uri: `${app().issuer}/oauth2/register/${String(id)}`,
        registration_access_token: '',
      },
    );
  });

  it('is stored without its secret and token, and marked for operators', async () => {
    const { body } = await registration(app()).register(webClient);
    const { done } = createCommandRunner(app().services);

    const shown = await done(['client', 'show', String(body['client_id']), '--json']);

    assert.match(shown.out, /"origin": ?"registration"/);
    const { db } = app().services;
    const rows = await db.knex('client_registrations').select('*');
    const stored = JSON.stringify([rows, shown.out]);
    for (const member of ['client_secret', 'registration_access_token']) {
      assert.equal(stored.includes(String(body[member])), false, member);
    }
  });

  it('is recorded in the audit log', async () => {
    const { body } = await registration(app()).register(webClient);

    const { db } = app().services;
    const entries: unknown[] = await db
      .knex('audit_events')
      .select('event', 'actor_kind', 'details')
      .where({ client_id: body['client_id'] });
    assert.deepEqual(entries, [
      {
        event: 'client.created',
        actor_kind: 'anonymous',
        details: { firstParty: false, origin: 'registration' },
      },
    ]);
  });

  it('is a native client if all its redirect URIs lead to the device of the user', async () => {
    const { body } = await registration(app()).register({
      redirect_uris: ['http://127.0.0.1/callback', 'com.example.app:/callback'],
      token_endpoint_auth_method: 'none',
    });

    assert.deepEqual([body['application_type'], body['client_secret']], ['native', undefined]);
  });

  it('is refused with a body that is no JSON object, too large, or of another type', async () => {
    const { register, call } = registration(app());
    const url = `${app().issuer}/oauth2/register`;

    assert.equal((await register([])).status, 400);
    assert.equal((await register({ ...webClient, x: 'x'.repeat(17_000) })).status, 413);
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    assert.equal((await call(url, { method: 'POST', body: 'a=b', headers })).status, 415);
    const read = await call(url, {});
    assert.deepEqual([read.status, read.headers.get('allow')], [405, 'POST']);
  });

  it('may be registered by a script of any origin', async () => {
    const headers = {
      origin: 'https://tool.example',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type',
    };

    const answer = await registration(app()).call(`${app().issuer}/oauth2/register`, {
      method: 'OPTIONS',
      headers,
    });

    assert.deepEqual(
      [answer.status, answer.headers.get('access-control-allow-origin')],
      [204, '*'],
    );
    assert.equal(answer.headers.get('access-control-allow-credentials'), null);
  });

  it('cannot be made first-party, an API or a manager by an operator', async () => {
    const { body } = await registration(app()).register(webClient);
    const { run } = createCommandRunner(app().services);

    const resources = ['https://api.example'];
    for (const change of [{ first_party: true }, { scope: 'openid users:read' }, { resources }]) {
      const metadata = JSON.stringify(change);
      const outcome = await run(
        ['client', 'update', String(body['client_id']), '--metadata', '-'],
        metadata,
      );
      assert.notEqual(outcome.exitCode, 0, metadata);
    }
  });
});

describeApp(
  'client registration with limits',
  {
    settings: {
      ...open,
      CLIENT_REGISTRATION_LIMIT: '2',
      CLIENT_REGISTRATION_HOSTS: 'example.com',
      CLIENT_REGISTRATION_SCOPES: 'openid,files:read',
      CLIENT_REGISTRATION_PKCE: 'off',
    },
  },
  (app) => {
    it('permits redirect URIs on the listed domains and on the own device only', async () => {
      const { register } = registration(app());
      const refused = await register({ redirect_uris: ['https://badexample.com/callback'] });
      assert.equal(refused.body['error'], 'invalid_redirect_uri');

      const uris = ['https://wiki.example.com/callback', 'https://example.com/callback'];
      const permitted = await register({ redirect_uris: uris });
      assert.equal(permitted.status, 201, JSON.stringify(permitted.body));
      assert.equal(permitted.body['scope'], 'openid files:read');
      const client = await app().services.clientStore.find(String(permitted.body['client_id']));
      assert.equal(client?.metadata['require_pkce'], 'off');
    });

    it('registers no more clients than the limit, even at the same time', async () => {
      const { register } = registration(app());
      const request = { redirect_uris: ['http://localhost/callback'] };

      const answers = await Promise.all([1, 2, 3, 4].map(() => register(request)));

      const statuses = answers.map(({ status }) => status).toSorted((a, b) => a - b);
      assert.deepEqual(statuses, [201, 503, 503, 503]);
      const [refused] = answers.filter(({ status }) => status === 503);
      assert.equal(refused?.body['error'], 'temporarily_unavailable');
    });
  },
);

describeApp(
  'client registration in production by default',
  { settings: { CLIENT_REGISTRATION: 'off' } },
  (app) => {
    it('does not exist', async () => {
      const answer = await registration(app()).register(webClient);
      assert.equal(answer.status, 404);

      const response = await app().send(`${app().issuer}/.well-known/openid-configuration`);
      const document = (await response.json()) as Record<string, unknown>; // a JSON object
      assert.equal('registration_endpoint' in document, false);
    });
  },
);

function registration(app: TestApp) {
  return createRegistrationClient(app);
}
