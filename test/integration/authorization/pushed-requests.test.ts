// Pushed authorization requests (RFC 9126).
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp, describeOnEachArrangement, type TestApp } from '#test/support/app.ts';
import { holdClock } from '#test/support/clock.ts';
import { assertRefused } from '#test/support/data/outcomes.ts';
import type { RelyingParty } from '#test/support/actors/relying-party.ts';

describeOnEachArrangement('authorization with a request_uri (RFC 9126 §4)', (app) => {
  it('returns a code although the URL holds only client_id and request_uri', async () => {
    const rp = await app().relyingParty({ auth: 'client_secret_basic' });
    const { pending, request_uri } = await push(rp);

    const first = await app().browser().open(short(rp, request_uri));
    const back = await rp.passPages(first, await app().createUser());

    const { claims } = await rp.exchange(rp.receive(back, pending));
    assert.equal(claims['nonce'], pending.nonce);
  });

  it('refuses a request_uri for which a code was issued', async () => {
    const rp = await app().relyingParty({ auth: 'client_secret_basic' });
    const { request_uri } = await push(rp);
    const first = await app().browser().open(short(rp, request_uri));
    await rp.passPages(first, await app().createUser());

    const again = await app().browser().open(short(rp, request_uri));

    await assertNoCode(app(), rp, request_uri);
    assert.equal(again.has('sign-in'), false, again.text);
  });

  it('issues one code for twenty concurrent uses of a request_uri', async () => {
    const rp = await app().relyingParty({ auth: 'client_secret_basic' });
    const person = await app().createUser();
    const { browser } = await rp.login(person);
    const { request_uri } = await push(rp);

    const pages = await Promise.all(
      Array.from({ length: 20 }, () => browser.copy().open(short(rp, request_uri))),
    );

    const codes = pages.filter(({ left, url }) => left && url.searchParams.has('code'));
    assert.equal(codes.length, 1);
    for (const { status } of pages) assert.ok(status < 500, String(status));
  });
});

describeApp('the pushed authorization request endpoint (RFC 9126 §2.2)', {}, (app) => {
  it('refuses the request_uri of another client', async () => {
    const rp = await app().relyingParty({ auth: 'client_secret_basic' });
    const other = await app().relyingParty({ auth: 'client_secret_basic' });
    const { request_uri } = await push(rp);

    await assertNoCode(app(), other, request_uri);
  });

  it('refuses an invented request_uri', async () => {
    const rp = await app().relyingParty({ auth: 'client_secret_basic' });
    const { request_uri } = await push(rp);

    for (const forged of [
      `${request_uri}x`,
      'urn:ietf:params:oauth:request_uri:x',
      'https://rp.example/r',
    ]) {
      await assertNoCode(app(), rp, forged);
    }
  });

  it('refuses a request_uri after a minute', async (t) => {
    const clock = holdClock(t);
    const rp = await app().relyingParty({ auth: 'client_secret_basic' });
    const { request_uri, expires_in } = await push(rp);
    assert.ok(Number(expires_in) <= 60);

    clock.advance(61);

    await assertNoCode(app(), rp, request_uri);
  });

  it('issues no request_uri without client authentication', async () => {
    const rp = await app().relyingParty({ auth: 'client_secret_post' });
    const { url } = await rp.request();

    url.searchParams.set('client_secret', 'x'.repeat(43));

    assertRefused(await rp.push(url.searchParams), 401, 'invalid_client');
  });

  it('issues no request_uri for an invalid request (§2.1)', async () => {
    const rp = await app().relyingParty({ auth: 'client_secret_basic' });
    const faults = {
      redirect_uri: 'https://evil.example/cb',
      code_challenge_method: 'plain',
      response_type: 'token',
      request_uri: 'urn:ietf:params:oauth:request_uri:x',
    };

    for (const [name, value] of Object.entries(faults)) {
      const { url } = await rp.request({ [name]: value });
      const answer = await rp.push(url.searchParams);
      assert.equal(answer.status, 400, `${name} ${answer.text}`);
      assert.equal(answer.body['request_uri'], undefined);
    }
  });

  it('ignores parameters in the URL that differ from the pushed request', async () => {
    const rp = await app().relyingParty({ auth: 'client_secret_basic' });
    const { pending, request_uri } = await push(rp);
    const url = short(rp, request_uri);
    url.searchParams.set('scope', 'openid email');
    url.searchParams.set('state', 'another');

    const back = await rp.passPages(await app().browser().open(url), await app().createUser());

    const { scope } = await rp.exchange(rp.receive(back, pending));
    assert.equal(scope, 'openid');
  });
});

async function push(rp: RelyingParty) {
  const pending = await rp.request();
  const { status, body, text } = await rp.push(pending.url.searchParams);
  assert.equal(status, 201, text);
  const { request_uri, expires_in } = body;
  return { pending, request_uri: String(request_uri), expires_in };
}

function short(rp: RelyingParty, request_uri: string): URL {
  const url = new URL(rp.as.authorization_endpoint ?? '');
  url.search = String(new URLSearchParams({ client_id: rp.app.clientId, request_uri }));
  return url;
}

async function assertNoCode(app: TestApp, rp: RelyingParty, request_uri: string): Promise<void> {
  const answer = await app.send(short(rp, request_uri), { headers: { accept: 'text/html' } });
  const html = await answer.text();
  assert.equal(answer.status, 400, html.slice(0, 200));
  assert.match(html, /id="error"/);
  assert.equal(answer.headers.get('location'), null);
}
