// Sign-in by email, with a code or a link, for a client or for the account pages, with and without
// a second factor, and the attacks against it.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { mailAcr, passwordAcr, twoFactorAcr } from '#core/sessions/authentication.ts';
import { describeApp, describeOnEachArrangement, type TestApp } from '#test/support/app.ts';
import type { Browser } from '#test/support/actors/cookie-browser.ts';
import { bareAnswer } from '#test/support/data/comparable-pages.ts';
import { assertInvalidGrant, inactive, offline } from '#test/support/data/outcomes.ts';
import type { Person } from '#test/support/actors/relying-party.ts';
import { setUpCodes } from '#test/support/steps/totp.ts';
import { codeIn, linkIn, mailsTo, newestMail, otherThan } from '#test/support/steps/mailbox.ts';

const linkPath = '/auth/sign-in/mail/link/';

async function ask(browser: Browser, email: string) {
  const page = await browser.open('/auth/sign-in/mail');
  return page.press('continue', { email });
}

/** A user who has requested and received an email. */
async function aReader(app: TestApp, facts = {}) {
  const person = await app.createUser({ emailVerified: true, ...facts });
  const browser = app.browser();
  const page = await ask(browser, person.email);
  const mail = await newestMail(app, person.email);
  return { person, browser, page, code: codeIn(mail), link: linkIn(mail, linkPath) };
}

/** Enables TOTP for the user. */
async function withCodes(app: TestApp, person: Person) {
  const rp = await app.relyingParty();
  const { browser } = await rp.login(person);
  return setUpCodes(browser, person);
}

/** Starts an authorization request and follows the link to sign in by email. */
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

describeOnEachArrangement('sign-in by email', (app) => {
  it('accepts the code once, in the browser that requested it', async () => {
    const { browser, page, code } = await aReader(app());

    const account = await page.press('verify', { code });
    const again = await page.press('verify', { code });

    assert.equal(account.url.pathname, '/auth/account');
    assert.equal(await isSignedIn(browser), true);
    assert.notEqual(again.url.pathname, '/auth/account');
  });

  it('accepts the link once when twenty requests submit it at the same time', async () => {
    const { link } = await aReader(app());
    const browsers = Array.from({ length: 20 }, () => app().browser());
    const pages = await Promise.all(browsers.map((browser) => browser.open(link)));

    const ends = await Promise.all(pages.map((page) => page.press('sign-in')));

    const inside = ends.filter(({ url }) => url.pathname === '/auth/account');
    assert.equal(inside.length, 1);
    assert.ok(ends.every((end) => inside.includes(end) || end.errorCode === 'expired'));
  });

  it('requires the second factor as well', async () => {
    const { person, browser, page, code } = await aReader(app());
    const { recoveryCodes } = await withCodes(app(), person);

    const second = await page.press('verify', { code });
    const before = await isSignedIn(browser);
    const account = await second.press('verify', { code: recoveryCodes[0] ?? '' });

    assert.deepEqual([second.has('verify'), before], [true, false]);
    assert.equal(account.url.pathname, '/auth/account');
  });

  it('removes earlier credentials from an account whose address was never verified', async () => {
    const { person, page, code } = await aReader(app(), { emailVerified: false });
    const rp = await app().relyingParty();
    const attacker = await rp.login(person, offline);

    const account = await page.press('verify', { code });

    assert.equal(account.url.pathname, '/auth/account');
    assertInvalidGrant(await rp.tryRefresh(attacker.refreshToken));
    assert.equal((await rp.introspect(attacker.accessToken)).text, inactive);
    assert.equal(await isSignedIn(attacker.browser), false);
    const form = await app().browser().open('/auth/sign-in');
    const refused = await form.press('sign-in', { login: person.email, password: person.password });
    assert.equal(refused.status, 422);
  });
});

describeApp('sign-in by email', {}, (app) => {
  it('continues to the client with correct amr and auth_time claims', async () => {
    const person = await app().createUser({ emailVerified: true });
    const way = await onTheWay(app(), person);

    const back = await way.page.press('verify', { code: way.code });

    const { claims } = await way.rp.exchange(way.rp.receive(back, way.pending));
    assert.deepEqual(
      [claims['sub'], claims['acr'], claims['amr']],
      [person.id, mailAcr, ['email']],
    );
  });

  it('continues to the client through the link in the browser that requested it', async () => {
    const person = await app().createUser({ emailVerified: true });
    const way = await onTheWay(app(), person);

    const back = await (await way.browser.open(way.link)).press('sign-in');

    const { claims } = await way.rp.exchange(way.rp.receive(back, way.pending));
    assert.equal(claims['sub'], person.id);
  });

  it('counts as multi-factor authentication together with a TOTP code', async () => {
    const person = await app().createUser({ emailVerified: true });
    const { recoveryCodes } = await withCodes(app(), person);
    const way = await onTheWay(app(), person);

    const second = await way.page.press('verify', { code: way.code });
    const back = await second.press('verify', { code: recoveryCodes[0] ?? '' });

    const { claims } = await way.rp.exchange(way.rp.receive(back, way.pending));
    assert.deepEqual([claims['acr'], claims['amr']], [twoFactorAcr, ['email', 'otp', 'mfa']]);
  });

  it('does not satisfy a client that requires a password', async () => {
    const person = await app().createUser({ emailVerified: true });
    const claims = JSON.stringify({ id_token: { acr: { essential: true, value: passwordAcr } } });
    const way = await onTheWay(app(), person, { claims });

    const back = await way.page.press('verify', { code: way.code });

    assert.equal(back.url.searchParams.get('error'), 'unmet_authentication_requirements');
  });

  it('returns the same response whether or not the account exists', async () => {
    const { person } = await aReader(app());
    const known = await ask(app().browser(), person.email);
    const unknown = await ask(app().browser(), 'unknown-user@example.org');

    assert.equal(
      await bareAnswer(known, person.email),
      await bareAnswer(unknown, 'unknown-user@example.org'),
    );
    assert.deepEqual(await mailsTo(app(), 'unknown-user@example.org'), []);
  });

  it('refuses a user who is blocked before or after the email is sent', async () => {
    const { person, page, code, link } = await aReader(app());
    await app().services.blocking.blockUser({
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

  it('changes nothing when the link is opened or the code is wrong', async () => {
    const { browser, page, code, link } = await aReader(app());
    await app().browser().open(link);

    const wrong = await page.press('verify', { code: otherThan(code) });
    const account = await wrong.press('verify', { code });

    assert.equal(wrong.status, 422);
    assert.equal(account.url.pathname, '/auth/account');
    assert.equal(await isSignedIn(browser), true);
  });

  it('rejects a code from another browser, and every code after five wrong ones', async () => {
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

  it('is invalidated by a newer email and by a password change', async () => {
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
    await choose.press('continue', { password: 'timber lagoon velvet compass' });
    const late = await app().browser().open(newer);

    assert.deepEqual([early.errorCode, late.errorCode], ['expired', 'expired']);
  });
});

describeApp('disabled sign-in by email', { settings: { EMAIL_SIGN_IN: 'off' } }, (app) => {
  it('offers neither the link nor the endpoint', async () => {
    const signIn = await app().browser().open('/auth/sign-in');
    const endpoint = await app().send(`${app().issuer}/auth/sign-in/mail`);

    assert.doesNotMatch(signIn.html, /sign-in\/mail/);
    assert.equal(endpoint.status, 404);
  });
});
