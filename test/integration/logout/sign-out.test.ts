// Sign-out with and without a client (OpenID Connect RP-Initiated Logout 1.0).
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp, describeOnEachArrangement } from '#test/support/app.ts';
import { holdClock } from '#test/support/clock.ts';
import type { Browser } from '#test/support/actors/cookie-browser.ts';
import type { RelyingParty } from '#test/support/actors/relying-party.ts';

const registered = { post_logout_redirect_uris: ['https://rp.example/bye'] };
const bye = 'https://rp.example/bye';

describeOnEachArrangement('sign-out (OIDC RP-Initiated Logout §2)', (app) => {
  it('asks for confirmation and returns to the client with its state', async () => {
    const rp = await app().relyingParty(registered);
    const { browser } = await rp.login(await app().createUser());
    const { clientId: client_id } = rp.app;

    const page = await browser.open(
      rp.logoutUrl({ client_id, post_logout_redirect_uri: bye, state: 'a b&c' }),
    );
    const back = await page.press('sign-out');

    assert.deepEqual([page.status, page.heading], [200, 'Sign out?']);
    assert.equal(back.url.origin + back.url.pathname, bye);
    assert.deepEqual([...back.url.searchParams], [['state', 'a b&c']]);
    assert.equal(await isSignedIn(rp, browser), false);
  });

  it('ends the session on the server, not only in the browser', async () => {
    const rp = await app().relyingParty();
    const { browser } = await rp.login(await app().createUser());
    const attacker = browser.copy();

    const page = await (await browser.open(rp.logoutUrl())).press('sign-out');

    assert.equal(
      page.has('signed-out') || page.text.includes('You’re signed out'),
      true,
      page.text,
    );
    assert.equal(await isSignedIn(rp, attacker), false);
    assert.equal((await attacker.open('/auth/account')).has('sign-in'), true);
  });

  it('keeps the session when the user declines', async () => {
    const rp = await app().relyingParty(registered);
    const { browser } = await rp.login(await app().createUser());
    const { clientId: client_id } = rp.app;
    const url = rp.logoutUrl({ client_id, post_logout_redirect_uri: bye });

    await (await browser.open(url)).press('stay');

    const other = await app().relyingParty({ first_party: true });
    assert.equal(await isSignedIn(other, browser), true);
  });

  it('applies to every client of the browser', async () => {
    const [one, two] = [await app().relyingParty(), await app().relyingParty()];
    const person = await app().createUser();
    const first = await one.login(person);
    const second = await two.login(person, {}, first.browser);

    await (await first.browser.open(one.logoutUrl())).press('sign-out');

    assert.equal(await two.isActive(second.accessToken), false);
    assert.equal(await isSignedIn(two, first.browser), false);
  });
});

describeApp('logout CSRF and open redirects', {}, (app) => {
  it('changes nothing until the user confirms', async () => {
    const rp = await app().relyingParty(registered);
    const { browser } = await rp.login(await app().createUser());
    const { clientId: client_id } = rp.app;

    await browser.open(rp.logoutUrl({ client_id, post_logout_redirect_uri: bye }));

    assert.equal(await isSignedIn(rp, browser), true);
  });

  for (const [name, address] of [
    ['an unregistered URI', 'https://evil.example/'],
    ['a longer one', `${bye}?x=1`],
    ['a shorter one', 'https://rp.example/by'],
    ['a URI with an additional slash', `${bye}/`],
    ['a URI with a fragment', `${bye}#x`],
    ['script', 'javascript:alert(1)'],
  ] as const) {
    it(`refuses to redirect to ${name}`, async () => {
      const rp = await app().relyingParty(registered);
      const { browser, idToken } = await rp.login(await app().createUser());

      const page = await browser.open(
        rp.logoutUrl({ id_token_hint: idToken, post_logout_redirect_uri: address }),
      );

      assert.deepEqual([page.left, page.status], [false, 400]);
      assert.equal(await isSignedIn(rp, browser), true);
    });
  }

  it('does not redirect when no client is named', async () => {
    const rp = await app().relyingParty(registered);
    const { browser } = await rp.login(await app().createUser());
    const url = rp.logoutUrl({ post_logout_redirect_uri: bye });

    const page = await (await browser.open(url)).press('sign-out');

    assert.equal(page.left, false);
  });

  it('rejects an id_token_hint that is forged or was issued to another client', async () => {
    const [rp, other] = [
      await app().relyingParty(registered),
      await app().relyingParty(registered),
    ];
    const { browser, idToken } = await rp.login(await app().createUser());
    const forged = idToken.replace(/[^.]*$/, 'A'.repeat(86));
    const { clientId: client_id } = other.app;

    for (const parameters of [
      { id_token_hint: forged },
      { id_token_hint: 'x' },
      { id_token_hint: idToken, client_id },
    ]) {
      const page = await browser.open(
        rp.logoutUrl({ ...parameters, post_logout_redirect_uri: bye }),
      );
      assert.deepEqual([page.left, page.status], [false, 400]);
    }
    assert.equal(await isSignedIn(rp, browser), true);
  });

  it('accepts an expired id_token_hint (§2)', async (t) => {
    const clock = holdClock(t);
    const rp = await app().relyingParty(registered);
    const { browser, idToken } = await rp.login(await app().createUser());
    clock.advance(24 * 60 * 60);

    const page = await browser.open(
      rp.logoutUrl({ id_token_hint: idToken, post_logout_redirect_uri: bye }),
    );

    assert.equal(page.url.href, bye);
  });

  it('refuses a confirmation without the CSRF token', async () => {
    const rp = await app().relyingParty();
    const { browser } = await rp.login(await app().createUser());
    const page = await browser.open(rp.logoutUrl());

    const refused = await page.press('sign-out', { xsrf: 'x' });

    assert.equal(refused.status, 400);
    assert.equal(await isSignedIn(rp, browser), true);
  });

  it('refuses a cross-site confirmation', async () => {
    const rp = await app().relyingParty();
    const { browser } = await rp.login(await app().createUser());
    const page = await browser.open(rp.logoutUrl());
    const { action, fields } = page.form('sign-out');
    const url = new URL(action, app().issuer);
    const body = new URLSearchParams([...fields, ['logout', 'yes']]);
    const headers = {
      cookie: browser.cookies.header(url),
      origin: 'https://evil.example',
      'sec-fetch-site': 'cross-site',
    };

    const answer = await app().send(url, { method: 'POST', body, headers });

    assert.ok(answer.status >= 400 && answer.status < 500, String(answer.status));
    assert.equal(await isSignedIn(rp, browser), true);
  });

  it('creates no session for a user without one', async () => {
    const rp = await app().relyingParty(registered);
    const browser = app().browser();

    const page = await browser.open(
      rp.logoutUrl({ client_id: rp.app.clientId, post_logout_redirect_uri: bye }),
    );

    assert.ok(page.status < 500);
    assert.equal(await isSignedIn(rp, browser), false);
  });
});

async function isSignedIn(rp: RelyingParty, browser: Browser): Promise<boolean> {
  const { url } = await rp.request({ prompt: 'none' });
  const { left, url: back } = await browser.open(url);
  assert.equal(left, true);
  return back.searchParams.get('error') !== 'login_required';
}
