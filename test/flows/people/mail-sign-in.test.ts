// Signing in by mail: by code and by link, for an app and for one's own page, with whatever else the
// person has set up, and nothing that a stranger could make of it.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { mailAcr, passwordAcr, twoFactorAcr } from '#core/sessions/authentication.ts';
import { describeApp, describeOnEachArrangement, type TestApp } from '#test/app.ts';
import type { Browser } from '#test/roles/cookie-browser.ts';
import { assertInvalidGrant, inactive, offline } from '#test/roles/outcomes.ts';
import type { Person } from '#test/roles/relying-party.ts';
import { setUpCodes } from '#test/roles/totp.ts';
import { codeIn, linkIn, mailsTo, newestMail, otherThan } from '#test/stage/mailbox.ts';

const linkPath = '/auth/sign-in/mail/link/';

async function ask(browser: Browser, email: string) {
  const page = await browser.open('/auth/sign-in/mail');
  return page.press('continue', { email });
}

/** Somebody who asked for a mail and has it. */
async function aReader(app: TestApp, facts = {}) {
  const person = await app.aPerson({ emailVerified: true, ...facts });
  const browser = app.browser();
  const page = await ask(browser, person.email);
  const mail = await newestMail(app, person.email);
  return { person, browser, page, code: codeIn(mail), link: linkIn(mail, linkPath) };
}

/** Their sign-in asks for a code from now on. */
async function withCodes(app: TestApp, person: Person) {
  const rp = await app.relyingParty();
  const { browser } = await rp.login(person);
  return setUpCodes(browser, person);
}

/** On the way to an app, where its sign-in page leads to by mail. */
async function onTheWay(app: TestApp, { email }: Person, parameters = {}) {
  const rp = await app.relyingParty({ first_party: true });
  const pending = await rp.request(parameters);
  const browser = app.browser();
  const signIn = await browser.open(pending.url);
  const [, href = ''] = /href="([^"]*\/mail)"/.exec(signIn.html) ?? [];
  const page = await (await browser.open(href)).press('continue', { email });
  const mail = await newestMail(app, email);
  return { rp, pending, browser, page, code: codeIn(mail), link: linkIn(mail, linkPath) };
}

async function isSignedIn(browser: Browser): Promise<boolean> {
  return (await browser.open('/auth/account')).url.pathname === '/auth/account';
}

describeOnEachArrangement('signing in by mail', (app) => {
  it('takes the code in the browser that asked, once', async () => {
    const { browser, page, code } = await aReader(app());

    const account = await page.press('verify', { code });
    const again = await page.press('verify', { code });

    assert.equal(account.url.pathname, '/auth/account');
    assert.equal(await isSignedIn(browser), true);
    assert.notEqual(again.url.pathname, '/auth/account');
  });

  it('takes the link, of twenty who press its button once', async () => {
    const { link } = await aReader(app());
    const browsers = Array.from({ length: 20 }, () => app().browser());
    const pages = await Promise.all(browsers.map((browser) => browser.open(link)));

    const ends = await Promise.all(pages.map((page) => page.press('sign-in')));

    const inside = ends.filter(({ url }) => url.pathname === '/auth/account');
    assert.equal(inside.length, 1);
    assert.ok(ends.every((end) => inside.includes(end) || end.errorCode === 'expired'));
  });

  it('asks for the second factor as well', async () => {
    const { person, browser, page, code } = await aReader(app());
    const { recoveryCodes } = await withCodes(app(), person);

    const second = await page.press('verify', { code });
    const before = await isSignedIn(browser);
    const account = await second.press('verify', { code: recoveryCodes[0] ?? '' });

    assert.deepEqual([second.has('verify'), before], [true, false]);
    assert.equal(account.url.pathname, '/auth/account');
  });

  it('starts an account afresh whose address nobody had proven (pre-account hijacking)', async () => {
    const { person, page, code } = await aReader(app(), { emailVerified: false });
    const rp = await app().relyingParty();
    const stranger = await rp.login(person, offline);

    const account = await page.press('verify', { code });

    assert.equal(account.url.pathname, '/auth/account');
    assertInvalidGrant(await rp.tryRefresh(stranger.refreshToken));
    assert.equal((await rp.introspect(stranger.accessToken)).text, inactive);
    assert.equal(await isSignedIn(stranger.browser), false);
    const form = await app().browser().open('/auth/sign-in');
    const refused = await form.press('sign-in', { login: person.email, password: person.password });
    assert.equal(refused.status, 422);
  });
});

describeApp('a sign-in by mail', {}, (app) => {
  it('goes on to the app, which is told the truth about it', async () => {
    const person = await app().aPerson({ emailVerified: true });
    const way = await onTheWay(app(), person);

    const back = await way.page.press('verify', { code: way.code });

    const { claims } = await way.rp.exchange(way.rp.receive(back, way.pending));
    assert.deepEqual(
      [claims['sub'], claims['acr'], claims['amr']],
      [person.id, mailAcr, ['email']],
    );
  });

  it('goes on to the app by the link, in the browser that asked', async () => {
    const person = await app().aPerson({ emailVerified: true });
    const way = await onTheWay(app(), person);

    const back = await (await way.browser.open(way.link)).press('sign-in');

    const { claims } = await way.rp.exchange(way.rp.receive(back, way.pending));
    assert.equal(claims['sub'], person.id);
  });

  it('counts as two proofs with a code from an app', async () => {
    const person = await app().aPerson({ emailVerified: true });
    const { recoveryCodes } = await withCodes(app(), person);
    const way = await onTheWay(app(), person);

    const second = await way.page.press('verify', { code: way.code });
    const back = await second.press('verify', { code: recoveryCodes[0] ?? '' });

    const { claims } = await way.rp.exchange(way.rp.receive(back, way.pending));
    assert.deepEqual([claims['acr'], claims['amr']], [twoFactorAcr, ['email', 'otp', 'mfa']]);
  });

  it('does not do for an app that insists on a password', async () => {
    const person = await app().aPerson({ emailVerified: true });
    const claims = JSON.stringify({ id_token: { acr: { essential: true, value: passwordAcr } } });
    const way = await onTheWay(app(), person, { claims });

    const back = await way.page.press('verify', { code: way.code });

    assert.equal(back.url.searchParams.get('error'), 'unmet_authentication_requirements');
  });

  it('tells nobody whether there is an account', async () => {
    const { person } = await aReader(app());
    const known = await ask(app().browser(), person.email);
    const unknown = await ask(app().browser(), 'nobody-here@example.org');

    const same = (html: string) =>
      html.replaceAll(/value="[^"]*"|<b[^>]*>[^<]*<\/b>|nonce="[^"]*"/g, '');
    assert.equal(known.status, unknown.status);
    assert.equal(same(known.html), same(unknown.html));
    assert.deepEqual(await mailsTo(app(), 'nobody-here@example.org'), []);
  });

  it('lets nobody in who is blocked, before the mail or after it', async () => {
    const { person, page, code, link } = await aReader(app());
    await app().installation.services.blocking.blockUser({
      userId: person.id,
      by: { kind: 'operator' },
      reason: 'a test',
    });

    const byCode = await page.press('verify', { code });
    const byLink = await (await app().browser().open(link)).press('sign-in');
    await ask(app().browser(), person.email);
    const mail = await newestMail(app(), person.email);

    assert.deepEqual([byCode.errorCode, byLink.errorCode], ['expired', 'expired']);
    assert.doesNotMatch(mail.text, /\d{6}|\/link\//);
  });

  it('changes nothing when the link is opened, or when a code is wrong', async () => {
    const { browser, page, code, link } = await aReader(app());
    await app().browser().open(link);

    const wrong = await page.press('verify', { code: otherThan(code) });
    const account = await wrong.press('verify', { code });

    assert.equal(wrong.status, 422);
    assert.equal(account.url.pathname, '/auth/account');
    assert.equal(await isSignedIn(browser), true);
  });

  it('takes a code in no other browser, and after five wrong ones in none', async () => {
    const { page, code } = await aReader(app());
    const { fields } = page.form('verify');
    const other = app().browser();
    const start = await other.open('/auth/sign-in/mail');
    const { action } = page.form('verify');
    const body = new URLSearchParams({
      form_token: start.form('continue').fields.get('form_token') ?? '',
      proof: fields.get('proof') ?? '',
      code,
    });
    const headers = { cookie: other.cookies.header(start.url), origin: app().issuer };
    const stolen = await app().send(new URL(action, page.url).href, {
      method: 'POST',
      body,
      headers,
    });

    let last = page;
    for (let turn = 0; turn < 5; turn += 1)
      last = await last.press('verify', { code: otherThan(code) });
    const late = await last.press('verify', { code });

    assert.equal(stolen.status, 400);
    assert.equal(late.status, 422);
  });

  it('is dead after a newer mail and after a change of the password', async () => {
    const { person, link, browser } = await aReader(app());
    await ask(browser, person.email);
    const newer = linkIn(await newestMail(app(), person.email), linkPath);
    const recover = await (
      await app().browser().open('/auth/recover')
    ).press('recover', {
      email: person.email,
    });
    const choose = await recover.press('verify', {
      code: codeIn(await newestMail(app(), person.email)),
    });

    const early = await app().browser().open(link);
    await choose.press('continue', { password: 'yet another line of several words' });
    const late = await app().browser().open(newer);

    assert.deepEqual([early.errorCode, late.errorCode], ['expired', 'expired']);
  });
});

describeApp('without sign-in by mail', { settings: { EMAIL_SIGN_IN: 'off' } }, (app) => {
  it('there is neither the way nor the door', async () => {
    const signIn = await app().browser().open('/auth/sign-in');
    const door = await app().send(`${app().issuer}/auth/sign-in/mail`);

    assert.doesNotMatch(signIn.html, /sign-in\/mail/);
    assert.equal(door.status, 404);
  });
});
