// Sign-in as the user sees it: errors, ways to continue, and the cookies that remain.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp, describeOnEachArrangement } from '#test/support/app.ts';
import { holdClock } from '#test/support/clock.ts';
import type { Page } from '#test/support/actors/cookie-browser.ts';

const refusal = 'The email address or password is incorrect. Check both and try again.';

describeApp('sign-in with email address and password', {}, (app) => {
  it('keeps the address but not the password in the form after a wrong password', async () => {
    const rp = await app().relyingParty();
    const person = await app().createUser();
    const pending = await rp.request();
    const page = await app().browser().open(pending.url);

    const again = await page.press('sign-in', { login: person.email, password: 'something else' });

    assert.equal(again.status, 422);
    assert.ok(again.text.includes(refusal), again.text);
    assert.match(again.html, /role="alert"/);
    const { fields } = again.form('sign-in');
    assert.deepEqual([fields.get('login'), fields.get('password')], [person.email, '']);
    const back = await rp.passPages(again, person);
    assert.notEqual(rp.receive(back, pending).code, '');
  });

  it('shows the same error for an unknown address', async () => {
    const rp = await app().relyingParty();
    const person = await app().createUser();
    const { url } = await rp.request();

    const pages = await Promise.all(
      [person.email, `unknown.${person.email}`].flatMap((login) =>
        ['x', 'wrong words of ordinary length', 'y'.repeat(64), 'z'.repeat(4096)].map(
          async (password) =>
            (await app().browser().open(url)).press('sign-in', { login, password }),
        ),
      ),
    );

    const looks = new Set(pages.map((page) => strip(page, person.email)));
    assert.equal(looks.size, 1, [...looks].join('\n\n'));
  });

  it('names the missing field when a field is empty', async () => {
    const rp = await app().relyingParty();
    const page = await app()
      .browser()
      .open((await rp.request()).url);

    const again = await page.press('sign-in', { login: '', password: '' });

    assert.equal(again.status, 422);
    assert.ok(again.text.includes('Enter your email address and password.'));
  });

  it('accepts the address in capitals and in full-width letters', async () => {
    const rp = await app().relyingParty();
    const person = await app().createUser({ email: 'ann.other@example.com' });

    for (const email of [
      'Ann.Other@Example.COM',
      ' ann.other@example.com',
      'ａｎｎ.other@example.com',
    ]) {
      const { claims } = await rp.login({ ...person, email });
      assert.equal(claims['sub'], person.id, email);
    }
  });
});

describeOnEachArrangement('session after sign-in', (app) => {
  it('has a new cookie, and the value from before sign-in is invalid', async () => {
    const rp = await app().relyingParty();
    const person = await app().createUser();
    const { browser } = await rp.login(person);
    const before = browser.copy();

    await rp.login(person, { prompt: 'login' }, browser);

    const values = [before, browser].map(({ cookies }) => cookies.find('ostiary')?.value);
    assert.notEqual(values[0], values[1]);
    const { url } = await rp.request({ prompt: 'none' });
    const { searchParams } = (await before.open(url)).url;
    assert.equal(searchParams.get('error'), 'login_required');
    assert.equal((await browser.open((await rp.request({ prompt: 'none' })).url)).left, true);
  });

  it('does not use a cookie value planted by an attacker (session fixation)', async () => {
    const rp = await app().relyingParty();
    const planted = app().browser();
    await planted.open(rp.logoutUrl());
    const victim = planted.copy();

    const login = await rp.login(await app().createUser(), {}, victim);

    assert.notEqual(login.accessToken, '');
    const { url } = await rp.request({ prompt: 'none' });
    const { searchParams } = (await planted.open(url)).url;
    assert.equal(searchParams.get('error'), 'login_required');
  });

  it('is identified by cookies with HttpOnly and SameSite=Lax', async () => {
    const rp = await app().relyingParty();

    const { browser } = await rp.login(await app().createUser());

    for (const { name, httpOnly, sameSite } of browser.cookies.all()) {
      assert.deepEqual([httpOnly, sameSite], [true, 'lax'], name);
    }
  });
});

describeOnEachArrangement('sign-in page whose interaction no longer exists', (app) => {
  it('offers to start again after 15 minutes', async (t) => {
    const clock = holdClock(t);
    const rp = await app().relyingParty({ initiate_login_uri: 'https://rp.example/start' });
    const { email: login, password } = await app().createUser();
    const page = await app()
      .browser()
      .open((await rp.request()).url);
    clock.advance(901);

    const late = await page.press('sign-in', { login, password });

    assertExpired(late);
    assert.match(late.html, /href="https:\/\/rp\.example\/start"/);
  });

  it('offers to start again when the user goes back after completion', async () => {
    const rp = await app().relyingParty({ client_uri: 'https://rp.example/home' });
    const person = await app().createUser();
    const browser = app().browser();
    const first = await browser.open((await rp.request()).url);
    const consent = await first.press('sign-in', {
      login: person.email,
      password: person.password,
    });
    await consent.press('allow');

    const pages = [
      await browser.open(first.url),
      await consent.press('allow'),
      await first.press('sign-in', { login: person.email, password: person.password }),
    ];

    for (const page of pages) {
      assertExpired(page);
      assert.match(page.html, /href="https:\/\/rp\.example\/home"/);
    }
  });

  it('offers to start again in a browser that did not begin it', async () => {
    const rp = await app().relyingParty();
    const page = await app()
      .browser()
      .open((await rp.request()).url);

    const another = await app().browser().open(page.url);

    assertExpired(another);
    assert.equal(another.has('sign-in'), false);
  });

  it('offers to start again for an unknown interaction', async () => {
    for (const path of ['/auth/interaction/unknown', '/oauth2/authorize/unknown']) {
      assertExpired(await app().browser().open(`${app().issuer}${path}`));
    }
  });
});

describeApp('CSRF protection of the sign-in form', {}, (app) => {
  it('refuses a form without a CSRF token or with the token of another interaction', async () => {
    const rp = await app().relyingParty();
    const { email: login, password } = await app().createUser();
    const browser = app().browser();
    const [page, other] = [
      await browser.open((await rp.request()).url),
      await browser.open((await rp.request()).url),
    ];
    const foreign = other.form('sign-in').fields.get('form_token') ?? '';

    for (const form_token of ['', 'x', foreign]) {
      const refused = await page.press('sign-in', { login, password, form_token });
      assert.equal(refused.status, 403, refused.text);
    }
    assert.equal(browser.cookies.find('ostiary'), undefined);
  });

  it('refuses a cross-site request even with a valid token', async () => {
    const rp = await app().relyingParty();
    const { email: login, password } = await app().createUser();
    const browser = app().browser();
    const page = await browser.open((await rp.request()).url);
    const { action, fields } = page.form('sign-in');
    const body = new URLSearchParams([...fields, ['login', login], ['password', password]]);
    body.delete('login');
    body.delete('password');
    body.set('login', login);
    body.set('password', password);
    const url = new URL(action, app().issuer);
    const cookie = browser.cookies.header(url);

    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site', origin: app().issuer },
    ]) {
      const answer = await app().send(url, {
        method: 'POST',
        body,
        headers: { ...headers, cookie, accept: 'text/html' },
      });
      assert.equal(answer.status, 403);
      assert.equal(answer.headers.get('location'), null);
    }
  });

  it('responds to POST with 303, so that no password is resent (RFC 9700 §4.12)', async () => {
    const rp = await app().relyingParty();
    const { email: login, password } = await app().createUser();
    const browser = app().browser();
    const page = await browser.open((await rp.request()).url);
    const { action, fields } = page.form('sign-in');
    const body = new URLSearchParams({ ...Object.fromEntries(fields), login, password });
    const url = new URL(action, app().issuer);
    const headers = { cookie: browser.cookies.header(url), origin: app().issuer };

    const answer = await app().send(url, { method: 'POST', body, headers });

    assert.equal(answer.status, 303);
  });
});

function assertExpired(page: Page): void {
  assert.deepEqual([page.status, page.errorCode], [400, 'session_expired'], page.text);
  assert.equal(page.left, false);
}

/** Removes the parts of a page that differ per request or depend on the input. */
function strip({ status, html, headers }: Page, email: string): string {
  const words = html
    .replaceAll(/(?<=name="form_token" value=")[^"]*/g, '')
    .replaceAll(`unknown.${email}`, email)
    .replaceAll(/interaction\/[\w-]+/g, '');
  const names = [...headers.keys()].filter((name) => name !== 'content-length').toSorted();
  return [status, ...names, words].join('\n');
}
