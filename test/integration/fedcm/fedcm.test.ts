// FedCM on two nodes: what the endpoints tell a browser, which requests they refuse, and that the code that
// an app receives is one of an ordinary request.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { decodeJwt } from 'jose';
import type { Browser } from '#test/support/actors/cookie-browser.ts';
import { collectWorks } from '#test/support/app.ts';
import { startNodes } from '#test/support/faults/nodes.ts';

const works = collectWorks();
const origin = 'https://rp.example';
const webIdentity = { 'sec-fetch-dest': 'webidentity' };

async function prepare() {
  const nodes = await startNodes(works, { settings: { FEDCM: 'on' } });
  const person = await nodes.createUser({ claims: { name: 'Ann Example' } });
  const rp = await nodes.relyingParty({ first_party: true });
  const browser = nodes.browser();
  const signedIn = await browser.open('/auth/sign-in');
  await signedIn.press('sign-in', { login: person.email, password: person.password });
  const pending = await rp.request();
  const params = {
    scope: 'openid email',
    code_challenge: pending.url.searchParams.get('code_challenge'),
    code_challenge_method: 'S256',
    nonce: pending.nonce,
  };

  async function ask(path: string, headers: Readonly<Record<string, string>> = webIdentity) {
    return nodes.at(1).send(`${nodes.issuer}/auth/fedcm/${path}`, { headers });
  }

  /** What the browser sends for an app, changed by the facts. */
  async function assertIdentity(
    form: Readonly<Record<string, string>> = {},
    headers: Readonly<Record<string, string>> = {},
  ) {
    const cookie = copyOf(browser);
    const usual = {
      client_id: rp.app.clientId,
      account_id: person.id,
      params: JSON.stringify(params),
    };
    const answer = await nodes.at(1).send(`${nodes.issuer}/auth/fedcm/assertion`, {
      method: 'POST',
      headers: { ...webIdentity, origin, cookie, ...headers },
      body: new URLSearchParams({ ...usual, ...form }),
    });
    const body: unknown = await answer.json();
    return { answer, body: Object(body), error: Object(body).error?.code };
  }

  return { nodes, person, rp, browser, pending, ask, assertIdentity };
}

/** The cookie that a browser sends with requests of FedCM. */
function copyOf(browser: Browser): string {
  return `__Secure-ostiary-fedcm=${browser.cookies.find('__Secure-ostiary-fedcm')?.value ?? ''}`;
}

describe('FedCM', () => {
  const late: { stage?: Awaited<ReturnType<typeof prepare>> } = {};
  before(async () => {
    late.stage = await prepare();
  });
  after(works.run);
  const stage = () => {
    assert.ok(late.stage);
    return late.stage;
  };

  it('describes the provider', async () => {
    const { nodes, ask } = stage();
    const root = await nodes.at(0).send(`${nodes.issuer}/.well-known/web-identity`);
    const configuration = await ask('config.json');

    assert.deepEqual(await root.json(), {
      provider_urls: [`${nodes.issuer}/auth/fedcm/config.json`],
      accounts_endpoint: '/auth/fedcm/accounts',
      login_url: '/auth/sign-in',
    });
    assert.deepEqual(await configuration.json(), {
      accounts_endpoint: '/auth/fedcm/accounts',
      client_metadata_endpoint: '/auth/fedcm/client',
      id_assertion_endpoint: '/auth/fedcm/assertion',
      login_url: '/auth/sign-in',
    });
  });

  it('shows the account that is signed in to the browser alone', async () => {
    const { person, ask, browser } = stage();
    const cookie = copyOf(browser);

    const accounts = await ask('accounts', { ...webIdentity, cookie });
    const stranger = await ask('accounts');
    const page = await ask('accounts', { cookie, 'sec-fetch-dest': 'empty' });
    const forged = await ask('accounts', { ...webIdentity, cookie: `${cookie}x` });

    assert.deepEqual(await accounts.json(), {
      accounts: [{ id: person.id, email: person.email, name: 'Ann Example', approved_clients: [] }],
    });
    assert.equal(accounts.headers.get('access-control-allow-origin'), null);
    assert.deepEqual([stranger.status, page.status, forged.status], [401, 400, 401]);
  });

  it('gives the app a code of an ordinary request, for its own origin', async () => {
    const { rp, person, pending, assertIdentity } = stage();

    const { answer, body } = await assertIdentity();
    const code = String(body.token);
    const exchanged = await rp.tryExchange({ ...pending, code, parameters: new URLSearchParams() });

    assert.equal(answer.headers.get('access-control-allow-origin'), origin);
    assert.equal(answer.headers.get('access-control-allow-credentials'), 'true');
    assert.equal(answer.headers.get('set-cookie'), null);
    const { sub, nonce } = decodeJwt(String(exchanged.body['id_token']));
    assert.deepEqual([sub, nonce], [person.id, pending.nonce], exchanged.text);
  });

  it('refuses requests of other origins, for other accounts, and with unknown parameters', async () => {
    const { assertIdentity } = stage();
    const elsewhere = await assertIdentity({}, { origin: 'https://evil.example' });
    const refused = [
      [elsewhere, 403, 'unauthorized_client'],
      [await assertIdentity({}, { origin: 'null' }), 403, 'unauthorized_client'],
      [await assertIdentity({ client_id: 'unknown' }), 403, 'unauthorized_client'],
      [await assertIdentity({ params: '{"prompt":"login"}' }), 403, 'unauthorized_client'],
      [await assertIdentity({ params: '{' }), 403, 'unauthorized_client'],
      [
        await assertIdentity({ params: '{"redirect_uri":"https://evil.example/"}' }),
        403,
        'unauthorized_client',
      ],
      [await assertIdentity({ account_id: 'other' }), 401, 'login_required'],
      [await assertIdentity({}, { cookie: '' }), 401, 'login_required'],
      [await assertIdentity({}, { 'sec-fetch-dest': 'empty' }), 400, 'invalid_request'],
      // The rules of the authorization endpoint hold: no code without PKCE.
      [await assertIdentity({ params: '{}' }), 403, 'invalid_request'],
    ] as const;

    for (const [{ answer, error, body }, status, code] of refused) {
      assert.deepEqual([answer.status, error, body.token], [status, code, undefined]);
    }
    assert.equal(elsewhere.answer.headers.get('access-control-allow-origin'), null);
  });

  it('gives no code to an app that the user has not allowed', async () => {
    const { nodes, assertIdentity } = stage();
    const other = await nodes.createClient();

    const { answer, error } = await assertIdentity({ client_id: other.clientId });

    assert.deepEqual([answer.status, error], [403, 'consent_required']);
  });

  it('gives nothing after the sign-out, which the browser learns', async () => {
    const { nodes, person, browser, assertIdentity } = stage();
    await nodes.services.blocking.endSessionsOf(person.id, { kind: 'operator' });

    const { answer, error } = await assertIdentity();

    assert.deepEqual([answer.status, error], [401, 'login_required']);
    const again = await browser.open('/auth/sign-in');
    const signedIn = await again.press('sign-in', {
      login: person.email,
      password: person.password,
    });
    assert.equal(signedIn.status, 200);
    assert.equal((await assertIdentity()).answer.status, 200);
  });
});
