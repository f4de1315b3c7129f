// How an access token is sent to the userinfo endpoint (RFC 6750 §2, OpenID Connect Core §5.3.1).
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp } from '#test/support/app.ts';

describeApp('an access token at the userinfo endpoint', {}, (app) => {
  async function signIn() {
    const person = await app().createUser();
    const rp = await app().relyingParty();
    const { accessToken } = await rp.login(person);
    const send = async (request: {
      readonly method: string;
      readonly headers?: Record<string, string>;
      readonly body?: string;
    }) => {
      const response = await app().send(new URL('/oauth2/userinfo', app().issuer), request);
      return { status: response.status, text: await response.text() };
    };
    return { person, accessToken, send };
  }

  it('is accepted in the header, by GET and by POST', async () => {
    const { person, accessToken, send } = await signIn();
    const headers = { authorization: `Bearer ${accessToken}` };

    for (const method of ['GET', 'POST']) {
      const { status, text } = await send({ method, headers });

      assert.equal(status, 200, text);
      assert.ok(text.includes(person.id));
    }
  });

  it('is accepted in the body of a form', async () => {
    const { person, accessToken, send } = await signIn();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    const body = String(new URLSearchParams({ access_token: accessToken }));

    const { status, text } = await send({ method: 'POST', headers, body });

    assert.equal(status, 200, text);
    assert.ok(text.includes(person.id));
  });

  it('is refused if it is sent in two ways', async () => {
    const { accessToken, send } = await signIn();
    const headers = {
      authorization: `Bearer ${accessToken}`,
      'content-type': 'application/x-www-form-urlencoded',
    };
    const body = String(new URLSearchParams({ access_token: accessToken }));

    assert.equal((await send({ method: 'POST', headers, body })).status, 400);
  });
});
