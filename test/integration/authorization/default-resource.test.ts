// Requests that name scopes but no API (RFC 8707 §2): the API is the only one to which all the scopes
// belong. OpenID Connect requests without an API are for userinfo.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp } from '#test/support/app.ts';

describeApp('an authorization request with scopes of an API, but without resource', {}, (app) => {
  async function aClient(facts: Readonly<Record<string, unknown>> = {}) {
    const api = await app().createApi({ scopes: [`orders-${crypto.randomUUID()}`] });
    const [scope = ''] = api.scopes;
    const rp = await app().relyingParty({ auth: 'client_secret_basic', ...facts });
    return { api, scope, rp };
  }
  /** A nonce belongs to OpenID Connect. */
  const withoutNonce = { nonce: undefined };

  it('is for the only API with these scopes', async () => {
    const { api, scope, rp } = await aClient();
    const person = await app().createUser();

    const tokens = await rp.login(person, { ...withoutNonce, scope });
    const { body } = await rp.introspect(tokens.accessToken);

    assert.equal(tokens.scope, scope);
    assert.deepEqual([body['active'], body['aud'], body['scope']], [true, api.audience, scope]);
  });

  it('shows the scopes on the consent page', async () => {
    const { scope, rp } = await aClient();
    const { email: login, password } = await app().createUser();
    const { url } = await rp.request({ ...withoutNonce, scope });

    const page = await (await app().browser().open(url)).press('sign-in', { login, password });

    assert.ok(page.has('allow'));
    assert.match(page.text, new RegExp(scope));
  });

  it('gets a refresh token with offline_access', async () => {
    const { api, scope, rp } = await aClient();
    const asked = { ...withoutNonce, scope: `${scope} offline_access`, prompt: 'consent' };

    const { refreshToken } = await rp.login(await app().createUser(), asked);
    const { accessToken } = await rp.refresh(refreshToken);

    assert.equal((await rp.introspect(accessToken)).body['aud'], api.audience);
  });

  it('is for userinfo with openid', async () => {
    const { scope, rp } = await aClient();

    const tokens = await rp.login(await app().createUser(), { scope: `openid ${scope}` });

    assert.equal(tokens.scope, 'openid');
  });

  /** Before the user signs in. */
  async function errorOf(url: URL): Promise<readonly (string | null)[]> {
    const { url: returned, left, text } = await app().browser().open(url);
    assert.equal(left, true, text);
    const { searchParams: answer } = returned;
    return ['error', 'error_description'].map((name) => answer.get(name));
  }

  it('is refused before the sign-in if two APIs have the scopes, as if none had them', async () => {
    const { scope, rp } = await aClient();
    await app().createApi({ scopes: [scope] });
    const ask = async (asked: Readonly<Record<string, string>>) =>
      errorOf((await rp.request({ ...withoutNonce, ...asked })).url);

    const two = await ask({ scope });
    const silent = await ask({ scope, prompt: 'none' });
    const offline = await ask({ scope: `${scope} offline_access`, prompt: 'consent' });
    const none = await ask({ scope: `no-${crypto.randomUUID()}` });

    assert.equal(two[0], 'invalid_target');
    assert.deepEqual([silent, offline, none], [two, two, two]);
  });

  it('is for userinfo if scopes for claims about the user remain', async () => {
    const { scope, rp } = await aClient();
    await app().createApi({ scopes: [scope] });

    const tokens = await rp.login(await app().createUser(), {
      ...withoutNonce,
      scope: `email ${scope}`,
    });

    assert.equal(tokens.scope, 'email');
  });
});
