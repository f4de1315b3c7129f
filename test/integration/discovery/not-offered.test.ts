// What docs/standards.md says is not offered: discovery does not name it, and a request for it is
// refused.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp } from '#test/support/app.ts';

describeApp('what is not offered', {}, (app) => {
  async function metadata(): Promise<Record<string, unknown>> {
    const response = await app().send(new URL('/.well-known/openid-configuration', app().issuer));
    return (await response.json()) as Record<string, unknown>;
  }

  async function errorOf(parameters: Record<string, string>): Promise<string | null> {
    const rp = await app().relyingParty();
    const { url } = await rp.request(parameters);
    const page = await app().browser().open(url);
    const answer = new URLSearchParams(
      page.url.hash === '' ? page.url.search : page.url.hash.slice(1),
    );
    return answer.get('error');
  }

  it('is not in the metadata: front-channel logout, session management, WebFinger', async () => {
    const found = await metadata();
    const webFinger = new URL('/.well-known/webfinger', app().issuer);
    webFinger.searchParams.set('resource', 'acct:ann@example.com');

    for (const member of [
      'frontchannel_logout_supported',
      'frontchannel_logout_session_supported',
      'check_session_iframe',
    ]) {
      assert.equal(found[member], undefined, member);
    }
    assert.equal((await app().send(webFinger)).status, 404);
  });

  it('is not in the metadata: symmetric algorithms, client_secret_jwt, PKCE plain', async () => {
    const found = await metadata();

    assert.equal(/"HS\d+"|client_secret_jwt/.test(JSON.stringify(found)), false);
    assert.deepEqual(found['code_challenge_methods_supported'], ['S256']);
    assert.deepEqual(found['response_types_supported'], ['code']);
    assert.equal(found['request_uri_parameter_supported'], false);
  });

  for (const type of ['token', 'id_token', 'id_token token', 'code id_token', 'code token']) {
    it(`refuses response_type=${type}`, async () => {
      assert.equal(await errorOf({ response_type: type }), 'unsupported_response_type');
    });
  }

  it('refuses PKCE with the method plain', async () => {
    assert.equal(await errorOf({ code_challenge_method: 'plain' }), 'invalid_request');
  });

  it('refuses a request object by reference', async () => {
    const request_uri = 'https://rp.example/request.jwt';

    assert.equal(await errorOf({ request_uri }), 'request_uri_not_supported');
  });

  it('refuses the password grant', async () => {
    const { email, password } = await app().createUser();
    const { clientId } = await app().createClient();
    const response = await app().send(new URL('/oauth2/token', app().issuer), {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: String(
        new URLSearchParams({
          grant_type: 'password',
          client_id: clientId,
          username: email,
          password,
        }),
      ),
    });

    const body = (await response.json()) as Record<string, unknown>;
    assert.deepEqual([response.status, body['error']], [400, 'unsupported_grant_type']);
  });

  it('refuses an access token in the query (RFC 6750 section 2.3)', async () => {
    const rp = await app().relyingParty();
    const { accessToken } = await rp.login(await app().createUser());
    const url = new URL('/oauth2/userinfo', app().issuer);
    url.searchParams.set('access_token', accessToken);

    assert.equal((await app().send(url)).status, 400);
  });
});
