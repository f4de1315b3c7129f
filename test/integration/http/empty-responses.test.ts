// Responses without a body have no Content-Type header (RFC 9110 §8.3).
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp } from '#test/support/app.ts';
import { aRevocationTool } from '#test/support/actors/revocation-client.ts';

describeApp('a response without a body', {}, (app) => {
  it('has no content type at the revocation endpoint for any kind of token', async () => {
    const api = await app().createApi({ accessTokenFormat: 'jwt' });
    const rp = await app().relyingParty({ auth: 'client_secret_basic' });
    const person = await app().createUser();
    const opaque = await rp.login(person);
    const jwt = await rp.login(person, { resource: api.audience, scope: 'openid read' });

    for (const token of [opaque.accessToken, opaque.refreshToken, jwt.accessToken, 'unknown']) {
      const { status, text, headers } = await rp.revoke(token);
      assert.deepEqual([status, text], [200, '']);
      assert.equal(headers.get('content-type'), null);
      assert.equal(headers.get('content-length'), '0');
    }
  });

  it('has no content type at any other endpoint', async () => {
    const rp = await app().relyingParty();
    const origin = 'https://rp.example';
    const preflight = { origin, 'access-control-request-method': 'POST' };
    const paths = ['token', 'userinfo', 'revoke', 'introspect', 'par', 'jwks', 'authorize'];
    const { browser } = await rp.login(await app().createUser());
    const cookie = browser.cookies.header(new URL(app().issuer));

    const answers = await Promise.all([
      ...paths.map((path) =>
        app().send(`${app().issuer}/oauth2/${path}`, { method: 'OPTIONS', headers: preflight }),
      ),
      app().send(`${app().issuer}/oauth2/revoke`, { method: 'POST' }),
      app().send((await rp.request()).url, { headers: { cookie } }),
      app().send(rp.logoutUrl({ client_id: rp.app.clientId })),
      app().send(`${app().issuer}/health/live`),
      app().send(`${app().issuer}/auth/assets/missing.css`),
      app().send(`${app().issuer}/oauth2/jwks`, { method: 'HEAD' }),
    ]);

    let empty = 0;
    for (const answer of answers) {
      const isHead = answer.headers.get('content-length') !== '0' && answer.status === 200;
      if ((await answer.text()) !== '' || isHead) continue;
      empty += 1;
      assert.equal(answer.headers.get('content-type'), null, answer.url);
    }
    assert.ok(empty >= 5, `only ${empty} responses were empty`);
  });

  it('has no content type at the global token revocation endpoint', async () => {
    const tool = await aRevocationTool(app());
    const { id } = await app().createUser();

    const answer = await tool.revoke({ format: 'iss_sub', iss: app().issuer, sub: id });

    assert.equal(answer.status, 204);
    assert.equal(answer.headers.get('content-type'), null);
  });
});
