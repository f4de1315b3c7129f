// Redirect URIs: registered values only, compared by exact string matching (RFC 9700 §2.1).
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp, type TestApp } from '#test/support/app.ts';
import type { RelyingParty } from '#test/support/actors/relying-party.ts';

const wrong: readonly (readonly [string, string | undefined])[] = [
  ['a trailing slash', 'https://rp.example/cb/'],
  ['the default port', 'https://rp.example:443/cb'],
  ['capitals in the host', 'https://RP.example/cb'],
  ['capitals in the scheme', 'HTTPS://rp.example/cb'],
  ['dot segments', 'https://rp.example/cb/../cb'],
  ['a percent-encoded letter', 'https://rp.example/%63b'],
  ['a double slash', 'https://rp.example//cb'],
  ['a query', 'https://rp.example/cb?x=1'],
  ['an empty query', 'https://rp.example/cb?'],
  ['a fragment', 'https://rp.example/cb#x'],
  ['an empty fragment', 'https://rp.example/cb#'],
  ['user information that looks like the host', 'https://rp.example@evil.example/cb'],
  ['user information', 'https://user@rp.example/cb'],
  ['the registered one as a fragment', 'https://evil.example#rp.example/cb'],
  ['the registered one as a query', 'https://evil.example/?https://rp.example/cb'],
  ['a longer host', 'https://rp.example.evil.example/cb'],
  ['a shorter host', 'https://evil-rp.example/cb'],
  ['a longer path', 'https://rp.example/cb2'],
  ['a shorter path', 'https://rp.example/c'],
  ['the scheme http', 'http://rp.example/cb'],
  ['a javascript URL', 'javascript:alert(1)//https://rp.example/cb'],
  ['a data URL', 'data:text/html,https://rp.example/cb'],
  ['a backslash', 'https://rp.example\\@evil.example/cb'],
  ['a semicolon', 'https://rp.example/..;/cb'],
  ['a line break', 'https://rp.example/cb\r\nSet-Cookie: x=1'],
  ['leading white space', ' https://rp.example/cb'],
  ['a path only', '/cb'],
  ['no scheme', '//rp.example/cb'],
  ['an empty value', ''],
  ['no value at all', undefined],
];

describeApp('a redirect_uri that is not registered exactly (RFC 9700 §2.1)', {}, (app) => {
  for (const [name, redirect_uri] of wrong) {
    it(`shows an error page without a redirect for a redirect_uri with ${name}`, async () => {
      const rp = await app().relyingParty();

      await assertNoRedirect(app(), rp, redirect_uri);
    });
  }

  it('refuses a missing redirect_uri if the client has registered two', async () => {
    const redirect_uris = ['https://rp.example/cb', 'https://rp.example/other'];
    const rp = await app().relyingParty({ redirect_uris });

    await assertNoRedirect(app(), rp, undefined);
  });

  it('refuses an unregistered redirect_uri for any prompt, response type and mode', async () => {
    const rp = await app().relyingParty();

    await assertNoRedirect(app(), rp, 'https://evil.example/cb', { prompt: 'none' });
    await assertNoRedirect(app(), rp, 'https://evil.example/cb', { response_type: 'token' });
    await assertNoRedirect(app(), rp, 'https://evil.example/cb', { response_mode: 'form_post' });
  });

  it('refuses any redirect_uri of an unknown client', async () => {
    const rp = await app().relyingParty();

    for (const client_id of ['unknown', '', "' or 1=1 --", undefined]) {
      await assertNoRedirect(app(), rp, 'https://rp.example/cb', { client_id });
    }
  });

  it('refuses the registered redirect_uri of a blocked client', async () => {
    const rp = await app().relyingParty();
    const { blocking } = app().services;
    await blocking.blockClient(rp.app.clientId, { kind: 'operator' });

    await assertNoRedirect(app(), rp, 'https://rp.example/cb');
  });
});

describeApp('the redirect_uri of a native client (RFC 8252 §7.3)', {}, (app) => {
  const native = (...redirect_uris: string[]) =>
    app().relyingParty({ application_type: 'native', redirect_uris });

  it('may have any port of the loopback address in IPv4 and IPv6', async () => {
    const rp = await native('http://127.0.0.1/cb', 'http://[::1]/cb');
    const person = await app().createUser();

    for (const redirect_uri of ['http://127.0.0.1:51004/cb', 'http://[::1]:61023/cb']) {
      const login = await rp.login(person, { redirect_uri });
      assert.equal(login.claims['sub'], person.id);
    }
  });

  it('must not differ in anything but the port', async () => {
    const rp = await native('http://127.0.0.1/cb');

    for (const redirect_uri of [
      'http://127.0.0.1:51004/other',
      'http://127.0.0.1:51004/cb?x=1',
      'https://127.0.0.1:51004/cb',
      'http://127.0.0.2:51004/cb',
      'http://localhost:51004/cb',
      'http://127.0.0.1@evil.example/cb',
      'http://127.0.0.1.evil.example:51004/cb',
      'http://2130706433:51004/cb',
    ]) {
      await assertNoRedirect(app(), rp, redirect_uri);
    }
  });

  it('must not have another port if the client is a web client', async () => {
    const rp = await app().relyingParty({ redirect_uris: ['https://rp.example:8443/cb'] });

    await assertNoRedirect(app(), rp, 'https://rp.example:9443/cb');
  });

  it('may have a private-use scheme in reverse domain name notation (§7.1)', async () => {
    const rp = await native('com.example.tasks:/cb');
    const pending = await rp.request({ prompt: 'none' });

    const page = await app().browser().open(pending.url);

    assert.equal(page.url.protocol, 'com.example.tasks:');
    assert.equal(page.url.searchParams.get('error'), 'login_required');
  });
});

describeApp('the registration of a dangerous redirect_uri', {}, (app) => {
  const harmful = [
    'javascript:alert(1)',
    'JaVaScript:alert(1)',
    'data:text/html,x',
    'https://rp.example/cb#fragment',
    'vbscript:x',
    'file:///etc/passwd',
    '/relative',
    'http://rp.example/cb',
  ];

  for (const address of harmful) {
    it(`refuses the redirect_uri ${address}`, async () => {
      await assert.rejects(app().createClient({ redirect_uris: [address] }), {
        code: 'invalid_input',
      });
    });
  }
});

async function assertNoRedirect(
  app: TestApp,
  rp: RelyingParty,
  redirect_uri: string | undefined,
  invalidation: Record<string, string | undefined> = {},
): Promise<void> {
  const { url } = await rp.request({ redirect_uri, ...invalidation });

  const answer = await app.send(url, { headers: { accept: 'text/html' } });

  const html = await answer.text();
  assert.equal(answer.status, 400, `${url.search} ${html.slice(0, 100)}`);
  assert.equal(answer.headers.get('location'), null);
  assert.deepEqual(answer.headers.getSetCookie(), []);
  assert.match(html, /id="error"/);
  assert.match(html, new RegExp(answer.headers.get('x-request-id') ?? 'no request id'));
  assert.doesNotMatch(html, /<(?:a|form|meta|script)[^>]*evil\.example/);
}
