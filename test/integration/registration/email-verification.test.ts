// Verification of the address of an existing account by its signed-in user.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import {
  describeApp,
  describeOnEachArrangement,
  startTestApp,
  type TestApp,
} from '#test/support/app.ts';
import type { Browser } from '#test/support/actors/cookie-browser.ts';
import type { Person } from '#test/support/actors/relying-party.ts';
import { holdClock } from '#test/support/clock.ts';
import { codeIn, linkIn, mailsTo, newestMail, otherThan } from '#test/support/steps/mailbox.ts';

const password = 'lantern copper walnut drizzle';

async function signIn(app: TestApp, { email, password: typed }: Person): Promise<Browser> {
  const browser = app.browser();
  const form = await browser.open('/auth/sign-in');
  await form.press('sign-in', { login: email, password: typed });
  return browser;
}

async function isVerified({ services }: TestApp, email: string): Promise<boolean | undefined> {
  return (await services.users.findByEmailKey(email))?.emailVerified;
}

/** A signed-in user who is asked to verify the address. */
async function anAsked(app: TestApp) {
  const person = await app.createUser();
  const browser = await signIn(app, person);
  const page = await (await browser.open('/auth/account')).press('send-again');
  const mail = await newestMail(app, person.email);
  return { person, browser, page, code: codeIn(mail), link: linkIn(mail, '/verify/link/') };
}

describeOnEachArrangement('email verification after registration', (app) => {
  it('accepts the code from the email sent at registration', async () => {
    const email = `later.${Math.random().toString(36).slice(2)}@example.com`;
    const browser = app().browser();
    const form = await browser.open('/auth/register');
    const account = await form.press('register', { name: '', email, password });
    assert.match(account.text, /Not confirmed yet/);

    const page = await browser.open('/auth/verify');
    const after = await page.press('verify', { code: codeIn(await newestMail(app(), email)) });

    assert.equal(after.url.pathname, '/auth/account');
    assert.match(after.text, /Confirmed/);
    assert.equal(await isVerified(app(), email), true);
  });

  it('accepts the link in a browser where the user is signed in', async () => {
    const { person, browser, link } = await anAsked(app());

    const page = await browser.open(link);
    const before = await isVerified(app(), person.email);
    await page.press('verify');

    assert.deepEqual([before, await isVerified(app(), person.email)], [false, true]);
  });

  it('sets the email_verified claim', async () => {
    const { person, page, code } = await anAsked(app());
    const rp = await app().relyingParty();
    const login = await rp.login(person, { scope: 'openid email' });
    const before = (await rp.userinfo(login))['email_verified'];

    await page.press('verify', { code });

    const after = (await rp.userinfo(login))['email_verified'];
    assert.deepEqual([before, after], [false, true]);
  });
});

describeApp('link that verifies an address', {}, (app) => {
  it('asks for the password when the user is not signed in', async () => {
    const { person, link } = await anAsked(app());
    const other = app().browser();
    const page = await other.open(link);
    assert.doesNotMatch(page.html, /<button id="sign-in"/);

    const wrong = await page.press('verify', { password: 'some other words than the right ones' });
    const before = await isVerified(app(), person.email);
    const after = await wrong.press('verify', { password: person.password });

    assert.deepEqual([wrong.status, before], [422, false]);
    assert.deepEqual([after.url.pathname, after.has('sign-in')], ['/auth/sign-in', true]);
    assert.match(after.text, /is confirmed/);
    assert.equal(await isVerified(app(), person.email), true);
  });

  it('asks for the password where another user is signed in', async () => {
    const { person, link } = await anAsked(app());
    const another = await signIn(app(), await app().createUser());

    const page = await another.open(link);

    assert.doesNotThrow(() => page.form('password'));
    assert.equal(await isVerified(app(), person.email), false);
  });

  it('is accepted once and is invalidated by a newer link', async () => {
    const { browser, link } = await anAsked(app());
    const again = await (await browser.open('/auth/account')).press('send-again');
    assert.equal(again.has('verify'), true);

    const old = await browser.open(link);

    assert.equal(old.errorCode, 'expired');
  });

  it('is refused for a user who has been blocked', async () => {
    const { person, browser, link } = await anAsked(app());
    const page = await browser.open(link);
    await app().block(person.id);

    const refused = await page.press('verify');

    assert.ok([400, 422].includes(refused.status));
    assert.equal(await isVerified(app(), person.email), false);
  });
});

describeApp('code that verifies an address', {}, (app) => {
  it('is rejected after five wrong attempts and can be requested again', async () => {
    const { person, browser, page, code } = await anAsked(app());

    let shown = page;
    for (let turn = 0; turn < 5; turn += 1) {
      shown = await shown.press('verify', { code: otherThan(code) });
      assert.equal(shown.status, 422);
    }
    const late = await shown.press('verify', { code });
    assert.match(late.text, /no longer valid/);
    const again = await (await browser.open('/auth/account')).press('send-again');
    await again.press('verify', { code: codeIn(await newestMail(app(), person.email)) });

    assert.equal(await isVerified(app(), person.email), true);
  });

  it('is rejected in the session of another user', async () => {
    const { person, page, code } = await anAsked(app());
    const another = await anAsked(app());
    const proof = page.form('verify').fields.get('proof') ?? '';

    const refused = await another.page.press('verify', { code, proof });

    assert.equal(refused.status, 422);
    assert.equal(await isVerified(app(), person.email), false);
  });

  it('is not requested for a verified address', async () => {
    const person = await app().createUser({ emailVerified: true });
    const browser = await signIn(app(), person);

    const account = await browser.open('/auth/account');
    const page = await browser.open('/auth/verify');

    assert.equal(account.has('send-again'), false);
    assert.equal(page.url.pathname, '/auth/account');
    assert.deepEqual(await mailsTo(app(), person.email), []);
  });
});

it('email verification token expires after one hour', async (t) => {
  const clock = holdClock(t);
  const app = await startTestApp(t);
  const { person, browser, page, code, link } = await anAsked(app);

  clock.advance(60 * 60);
  await page.press('verify', { code });
  const opened = await browser.open(link);

  assert.equal(opened.errorCode, 'expired');
  assert.equal(await isVerified(app, person.email), false);
});

it('email verification says that the email was sent again, or when it can be', async (t) => {
  const app = await startTestApp(t, { settings: { RATE_LIMITS: 'on' } });
  const { page } = await anAsked(app);

  let shown = page;
  for (let turn = 1; turn < 5; turn += 1) {
    shown = await shown.press('send-again');
    assert.match(shown.text, /We sent you another email/);
  }
  const refused = await shown.press('send-again');

  assert.equal(refused.status, 429);
  assert.match(refused.text, /You can ask for another in \d+ minutes?/);
  assert.equal(refused.has('verify'), true);
});
