// Invalid authorization requests: each error response has the correct code, state and iss.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp, type TestApp } from '#test/support/app.ts';
import type { Parameters, RelyingParty } from '#test/support/actors/relying-party.ts';

describeApp('unsupported features (RFC 9700 §2.1.2)', {}, (app) => {
  for (const response_type of [
    'token',
    'id_token',
    'id_token token',
    'code id_token',
    'code token',
    'none',
    'none code',
    'foo',
  ]) {
    it(`refuses response_type=${response_type}`, async () => {
      const rp = await app().relyingParty();

      const { error, url } = await requestError(app(), rp, { response_type });

      assert.ok(
        ['unsupported_response_type', 'unauthorized_client', 'invalid_request'].includes(error),
        error,
      );
      for (const name of ['code', 'access_token', 'id_token']) {
        assert.equal(url.searchParams.has(name) || url.hash.includes(`${name}=`), false, name);
      }
    });
  }

  for (const grant_type of ['password', 'implicit', 'unknown', '__proto__']) {
    it(`refuses grant_type=${grant_type}`, async () => {
      const rp = await app().relyingParty();
      const { email: username, password } = await app().createUser();

      const answer = await rp.token({ grant_type, username, password });

      assert.deepEqual([answer.status, answer.body['error']], [400, 'unsupported_grant_type']);
    });
  }

  it('refuses malformed request objects and request_uri', async () => {
    const rp = await app().relyingParty();

    const object = await requestError(app(), rp, { request: 'a.b.c' });
    const address = await requestError(app(), rp, { request_uri: 'https://rp.example/request' });

    assert.equal(object.error, 'invalid_request_object');
    assert.match(
      address.error,
      /^(?:request_uri_not_supported|invalid_request_uri|invalid_request)$/,
    );
  });
});

describeApp('PKCE, required of every client (RFC 9700 §2.1.1)', {}, (app) => {
  const faults: readonly (readonly [string, Parameters])[] = [
    ['no challenge', { code_challenge: undefined, code_challenge_method: undefined }],
    ['a method without challenge', { code_challenge: undefined }],
    ['the plain method', { code_challenge_method: 'plain' }],
    ['no method, which means plain', { code_challenge_method: undefined }],
    ['an unknown method', { code_challenge_method: 'S512' }],
    ['a challenge that is too short', { code_challenge: 'a'.repeat(42) }],
    ['a challenge that is too long', { code_challenge: 'a'.repeat(129) }],
    ['a challenge with invalid characters', { code_challenge: `${'a'.repeat(42)}=` }],
  ];

  for (const auth of ['none', 'client_secret_basic'] as const) {
    for (const [name, parameters] of faults) {
      it(`refuses ${name} (${auth})`, async () => {
        const rp = await app().relyingParty({ auth });

        const response = await requestError(app(), rp, parameters);

        assert.equal(response.error, 'invalid_request');
      });
    }
  }
});

describeApp(
  'REQUIRE_PKCE=public (RFC 9700 §2.1.1)',
  { settings: { REQUIRE_PKCE: 'public' } },
  (app) => {
    const without = { code_challenge: undefined, code_challenge_method: undefined };

    it('requires PKCE of public clients', async () => {
      const { error } = await requestError(app(), await app().relyingParty(), without);

      assert.equal(error, 'invalid_request');
    });

    it('requires PKCE of a confidential client that sends no nonce', async () => {
      const rp = await app().relyingParty({ auth: 'client_secret_basic' });

      const { error } = await requestError(app(), rp, { ...without, nonce: undefined });

      assert.equal(error, 'invalid_request');
    });
  },
);

describeApp('repeated parameters (RFC 6749 §3.1)', {}, (app) => {
  for (const name of [
    'client_id',
    'redirect_uri',
    'state',
    'scope',
    'nonce',
    'code_challenge',
    'response_type',
    'prompt',
  ]) {
    it(`refuses a repeated ${name}`, async () => {
      const rp = await app().relyingParty();
      const { url } = await rp.request({ prompt: 'none' });
      url.searchParams.append(name, 'another');

      const page = await app().browser().open(url);

      assert.ok(page.status === 400 || page.url.searchParams.get('error') === 'invalid_request');
      assert.equal(page.url.searchParams.has('code'), false);
      assert.notEqual(page.url.searchParams.get('state'), 'another');
      if (name === 'client_id' || name === 'redirect_uri') assert.equal(page.left, false);
    });
  }

  it('refuses a parameter that is in the query and in the body', async () => {
    const rp = await app().relyingParty();
    const { url, state } = await rp.request();
    const body = new URLSearchParams({ state });

    const answer = await app().send(url, { method: 'POST', body });

    assert.ok([400, 404, 405].includes(answer.status), String(answer.status));
  });

  it('refuses repeated parameters at the token endpoint', async () => {
    const rp = await app().relyingParty();
    const callback = await rp.authorize(await app().createUser());

    for (const name of ['code', 'code_verifier', 'redirect_uri', 'grant_type', 'client_id']) {
      const usual = new URLSearchParams({ client_id: rp.app.clientId, code: callback.code });
      const value = usual.get(name) ?? 'x';
      const answer = await rp.tryExchange(callback, { [name]: [value, value] });
      assert.deepEqual([answer.status, answer.body['error']], [400, 'invalid_request'], name);
    }
  });
});

describeApp('error responses with state and iss (RFC 9207 §2)', {}, (app) => {
  const cases: readonly (readonly [string, Parameters, string])[] = [
    ['the user is not signed in', { prompt: 'none' }, 'login_required'],
    ['the scope is malformed', { scope: 'openid "x"' }, 'invalid_scope'],
    ['prompt contradicts itself', { prompt: 'none login' }, 'invalid_request'],
    ['prompt is unknown', { prompt: 'dance' }, 'invalid_request'],
    ['max_age is negative', { max_age: '-1' }, 'invalid_request'],
    ['the claims are not JSON', { claims: '{' }, 'invalid_request'],
    ['the claims are a list', { claims: '[]' }, 'invalid_request'],
  ];

  for (const [name, parameters, code] of cases) {
    it(`returns ${code} if ${name}`, async () => {
      const { error } = await requestError(app(), await app().relyingParty(), parameters);

      assert.equal(error, code);
    });
  }

  it('returns access_denied if the user denies consent', async () => {
    const rp = await app().relyingParty();
    const { email: login, password } = await app().createUser();
    const pending = await rp.request();
    const consent = await (
      await app().browser().open(pending.url)
    ).press('sign-in', { login, password });

    const { url } = await consent.press('deny');

    assertStateAndIssuer(url, pending.state, app().issuer);
    assert.equal(url.searchParams.get('error'), 'access_denied');
  });

  it('returns access_denied if the user cancels the sign-in', async () => {
    const rp = await app().relyingParty();
    const pending = await rp.request();

    const { url } = await (await app().browser().open(pending.url)).press('cancel');

    assertStateAndIssuer(url, pending.state, app().issuer);
    assert.equal(url.searchParams.get('error'), 'access_denied');
  });
});

describeApp('scope and unknown parameters', {}, (app) => {
  it('refuses a standard scope that the client did not register', async () => {
    const rp = await app().relyingParty({ scope: 'openid email' });

    const { error } = await requestError(app(), rp, { scope: 'openid phone' });

    assert.equal(error, 'invalid_scope');
  });

  it('ignores unknown scopes (RFC 6749 §3.3)', async () => {
    const rp = await app().relyingParty();

    const { scope } = await rp.login(await app().createUser(), { scope: 'openid no-such-scope' });

    assert.equal(scope, 'openid');
  });

  it('ignores unknown parameters (RFC 6749 §3.1)', async () => {
    const rp = await app().relyingParty();

    const login = await rp.login(await app().createUser(), { unheard_of: '1', __proto__x: '2' });

    assert.notEqual(login.accessToken, '');
  });
});

/** Sends an authorization request and returns the error in the redirect to the client. */
async function requestError(app: TestApp, rp: RelyingParty, parameters: Parameters) {
  const { url: start, state } = await rp.request(parameters);
  const page = await app.browser().open(start);
  assert.ok(page.left, `${page.status} ${page.text.slice(0, 200)}`);
  const { url } = page;
  // Error responses to response types that include tokens are in the fragment.
  const answer = url.hash === '' ? url.searchParams : new URLSearchParams(url.hash.slice(1));
  assert.deepEqual([answer.get('state'), answer.get('iss')], [state, app.issuer]);
  return { url, error: answer.get('error') ?? '' };
}

function assertStateAndIssuer({ searchParams }: URL, state: string, issuer: string): void {
  assert.deepEqual([searchParams.get('state'), searchParams.get('iss')], [state, issuer]);
}
