// Signing in as a person sees it: what went wrong, the way back, and what the browser holds after.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp, describeOnEachArrangement } from '#test/app.ts';
import { holdClock } from '#test/stage/clock.ts';
import type { Page } from '#test/roles/cookie-browser.ts';

const refusal = 'The e-mail address or the password is not right. Please check both and try again.';

describeApp('a wrong password is one sentence, whoever it is for (E18)', {}, (app) => {
  it('keeps the address in the field, the password not, and lets the person try again', async () => {
    const rp = await app().relyingParty();
    const person = await app().aPerson();
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

  it('looks the same for an address that nobody has', async () => {
    const rp = await app().relyingParty();
    const person = await app().aPerson();
    const { url } = await rp.request();

    const pages = await Promise.all(
      [person.email, `nobody.${person.email}`].flatMap((login) =>
        ['x', 'wrong words of ordinary length', 'y'.repeat(64), 'z'.repeat(4096)].map(
          async (password) =>
            (await app().browser().open(url)).press('sign-in', { login, password }),
        ),
      ),
    );

    const looks = new Set(pages.map((page) => strip(page, person.email)));
    assert.equal(looks.size, 1, [...looks].join('\n\n'));
  });

  it('says what is missing when a field is empty', async () => {
    const rp = await app().relyingParty();
    const page = await app()
      .browser()
      .open((await rp.request()).url);

    const again = await page.press('sign-in', { login: '', password: '' });

    assert.equal(again.status, 422);
    assert.ok(again.text.includes('Enter your e-mail address and your password.'));
  });

  it('takes the address in capitals and in full-width letters', async () => {
    const rp = await app().relyingParty();
    const person = await app().aPerson({ email: 'ann.other@example.com' });

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

describeOnEachArrangement('a new sign-in is a new session (H29)', (app) => {
  it('changes the cookie, and the old value opens nothing', async () => {
    const rp = await app().relyingParty();
    const person = await app().aPerson();
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

  it('does not take over a value that somebody planted before', async () => {
    const rp = await app().relyingParty();
    const planted = app().browser();
    await planted.open(rp.logoutUrl());
    const victim = planted.copy();

    const login = await rp.login(await app().aPerson(), {}, victim);

    assert.notEqual(login.accessToken, '');
    const { url } = await rp.request({ prompt: 'none' });
    const { searchParams } = (await planted.open(url)).url;
    assert.equal(searchParams.get('error'), 'login_required');
  });

  it('comes with cookies that scripts and other sites do not get', async () => {
    const rp = await app().relyingParty();

    const { browser } = await rp.login(await app().aPerson());

    for (const { name, httpOnly, sameSite } of browser.cookies.all()) {
      assert.deepEqual([httpOnly, sameSite], [true, 'lax'], name);
    }
  });
});

describeOnEachArrangement('a sign-in that is over shows the way back', (app) => {
  it('says so after a quarter of an hour, with a way to begin again', async (t) => {
    const clock = holdClock(t);
    const rp = await app().relyingParty({ initiate_login_uri: 'https://rp.example/start' });
    const { email: login, password } = await app().aPerson();
    const page = await app()
      .browser()
      .open((await rp.request()).url);
    clock.advance(901);

    const late = await page.press('sign-in', { login, password });

    assertExpired(late);
    assert.match(late.html, /href="https:\/\/rp\.example\/start"/);
  });

  it('says so to the back button after finishing', async () => {
    const rp = await app().relyingParty({ client_uri: 'https://rp.example/home' });
    const person = await app().aPerson();
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

  it('says so in a browser that did not begin it', async () => {
    const rp = await app().relyingParty();
    const page = await app()
      .browser()
      .open((await rp.request()).url);

    const stranger = await app().browser().open(page.url);

    assertExpired(stranger);
    assert.equal(stranger.has('sign-in'), false);
  });

  it('says so for an address that never was', async () => {
    for (const path of ['/auth/interaction/unknown', '/oauth2/authorize/unknown']) {
      assertExpired(await app().browser().open(`${app().issuer}${path}`));
    }
  });
});

describeApp('a form counts only from our own page (H31)', {}, (app) => {
  it('is refused without its token, and with another sign-in’s', async () => {
    const rp = await app().relyingParty();
    const { email: login, password } = await app().aPerson();
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

  it('is refused from another site, also with a good token', async () => {
    const rp = await app().relyingParty();
    const { email: login, password } = await app().aPerson();
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

  it('answers a post with 303, so that no password is sent on (RFC 9700 §4.12)', async () => {
    const rp = await app().relyingParty();
    const { email: login, password } = await app().aPerson();
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

/** The page without what differs by request, and by what was typed. */
function strip({ status, html, headers }: Page, email: string): string {
  const words = html
    .replaceAll(/(?<=name="form_token" value=")[^"]*/g, '')
    .replaceAll(`nobody.${email}`, email)
    .replaceAll(/interaction\/[\w-]+/g, '');
  const names = [...headers.keys()].filter((name) => name !== 'content-length').toSorted();
  return [status, ...names, words].join('\n');
}
