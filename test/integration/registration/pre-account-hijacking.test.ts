// Pre-account hijacking: an attacker registers with the address of another user and waits for the
// owner. Verifying the mailbox gives the owner an empty account to which the attacker has no
// access.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp, describeOnEachArrangement, type TestApp } from '#test/support/app.ts';
import { declared } from '#test/support/data/custom-attributes.ts';
import type { Browser } from '#test/support/actors/cookie-browser.ts';
import { assertInvalidGrant, offline } from '#test/support/data/outcomes.ts';
import { createAuthenticator } from '#test/support/actors/authenticator.ts';
import { addPasskey, openFresh, passkeysPath, useAtHome } from '#test/support/steps/passkeys.ts';
import type { Person } from '#test/support/actors/relying-party.ts';
import { setUpCodes } from '#test/support/steps/totp.ts';
import { holdClock } from '#test/support/clock.ts';
import { aPicture, uploadPicture } from '#test/support/steps/pictures.ts';
import { codeIn, linkIn, newestMail } from '#test/support/steps/mailbox.ts';

const password = 'words that the hijacker puts together';
const chosen = 'orchard ribbon marble sunset';
const settings = { ...declared, EMAIL_VERIFICATION: 'later' };

/** An account registered with the address of another user, signed in. */
async function aHijacker(app: TestApp) {
  const email = `owner.${Math.random().toString(36).slice(2)}@example.com`;
  const browser = app.browser();
  const form = await browser.open('/auth/register');
  await form.press('register', { name: 'Mallory', email, password });
  const user = await app.services.users.findByEmailKey(email);
  assert.ok(user);
  const person: Person = { id: user.id, email, password };
  return { person, browser };
}

/** Adds every kind of data and credential that the attacker can add to the account. */
async function aPreparedAccount(app: TestApp) {
  const { person, browser } = await aHijacker(app);
  const profile = await browser.open('/auth/account/profile');
  await profile.press('continue', { name: 'Mallory' });
  await uploadPicture(app, browser, await aPicture());
  const details = await browser.open('/auth/account/details/shipping');
  await details.press('save', { 'f.name': 'Mallory', 'f.address.city': 'Elsewhere' });
  const copy = await browser.open('/auth/account/export');
  await copy.press('request', { password });
  const device = createAuthenticator({ issuer: app.issuer });
  await addPasskey(app, browser, await openFresh(browser, person), device);
  const { recoveryCodes } = await setUpCodes(browser, person);
  // Turning on codes revokes every token, so the client is authorized afterwards.
  const rp = await app.relyingParty();
  const callback = await rp.authorize(person, { ...offline, scope: 'openid profile' }, browser);
  const tokens = await rp.exchange(callback);
  return { person, browser, rp, tokens, device, recoveryCodes };
}

async function recover(app: TestApp, email: string): Promise<void> {
  await (await app.browser().open('/auth/recover')).press('recover', { email });
  const link = linkIn(await newestMail(app, email), '/recover/link/');
  const done = await (await app.browser().open(link)).press('continue', { password: chosen });
  assert.equal(done.url.pathname, '/auth/sign-in', done.text);
}

async function signInByMail(app: TestApp, email: string): Promise<Browser> {
  const browser = app.browser();
  const page = await (await browser.open('/auth/sign-in/mail')).press('continue', { email });
  const account = await page.press('verify', { code: codeIn(await newestMail(app, email)) });
  assert.equal(account.url.pathname, '/auth/account', account.text);
  return browser;
}

/** What the owner finds in the account, and what the attacker can still use. */
async function assertEmptied(
  app: TestApp,
  owner: Browser,
  { person, browser, rp, tokens, device }: Awaited<ReturnType<typeof aPreparedAccount>>,
): Promise<void> {
  const profile = await owner.open('/auth/account/profile');
  assert.doesNotMatch(profile.html, /Mallory|\/auth\/pictures\//);
  assert.deepEqual(await app.services.db.knex('user_pictures').where({ user_id: person.id }), []);
  const details = await owner.open('/auth/account/details/shipping');
  assert.doesNotMatch(details.html, /Mallory|Elsewhere/);
  const copy = await owner.open('/auth/account/export');
  assert.equal(copy.has('making'), false, copy.text);
  const codes = await owner.open('/auth/account/codes');
  assert.doesNotMatch(codes.text, /\b10\b/);
  const apps = await owner.open('/auth/account/apps');
  assert.doesNotMatch(apps.text, /Tasks/);
  const asked = await owner.open((await rp.request({ scope: 'openid profile' })).url);
  assert.ok(asked.has('allow'), `${asked.url.href} ${asked.text}`);
  assert.equal((await browser.open('/auth/account')).url.pathname, '/auth/sign-in');
  assertInvalidGrant(await rp.tryRefresh(tokens.refreshToken));
  const { page } = await useAtHome(app, device);
  assert.notEqual(page.url.pathname, '/auth/account');
  const form = await app.browser().open('/auth/sign-in');
  const refused = await form.press('sign-in', { login: person.email, password });
  assert.equal(refused.status, 422);
}

describeOnEachArrangement(
  'account prepared by an attacker',
  (app) => {
    it('is empty for the owner of the mailbox who sets a password by email', async (t) => {
      const clock = holdClock(t);
      const prepared = await aPreparedAccount(app());
      const { email } = prepared.person;

      await recover(app(), email);

      clock.advance(1);
      const owner = app().browser();
      const form = await owner.open('/auth/sign-in');
      const account = await form.press('sign-in', { login: email, password: chosen });
      assert.equal(account.url.pathname, '/auth/account', account.text);
      await assertEmptied(app(), owner, prepared);
    });

    it('is empty for the owner of the mailbox who signs in by email', async (t) => {
      const clock = holdClock(t);
      const prepared = await aPreparedAccount(app());

      const owner = await signInByMail(app(), prepared.person.email);

      clock.advance(1);
      await assertEmptied(app(), owner, prepared);
      const passkeys = await owner.open(passkeysPath);
      assert.equal(passkeys.has('remove-1'), false);
    });
  },
  settings,
);

describeApp('attacker with access to an unverified account', { settings }, (app) => {
  it('loses a role granted before the mailbox was verified', async () => {
    const { person } = await aHijacker(app());
    const services = app().services;
    const { db } = services;
    await services.roles.grant(person.id, 'admin', new Date());

    await recover(app(), person.email);

    const events: unknown[] = await db.knex('audit_events').where({ event: 'role.removed' });
    assert.deepEqual((await services.users.findById(person.id))?.roles, []);
    assert.equal(events.length, 1);
  });

  it('cannot have the account deleted after its owner has verified the mailbox', async () => {
    const { person, browser } = await aHijacker(app());
    const page = await browser.open('/auth/account/delete');
    await page.press('delete', { password });

    const owner = await signInByMail(app(), person.email);

    assert.equal((await owner.open('/auth/account')).has('keep'), false);
  });

  it('cannot change the address with a link requested before', async () => {
    const { person, browser } = await aHijacker(app());
    const email = `mallory.${Math.random().toString(36).slice(2)}@example.com`;
    const page = await browser.open('/auth/account/email');
    await page.press('continue', { email, password });
    const link = linkIn(await newestMail(app(), email), '/verify/link/');

    await signInByMail(app(), person.email);

    assert.equal((await browser.open(link)).errorCode, 'expired');
  });
});

describeApp('user who verifies the mailbox after registration', { settings }, (app) => {
  it('keeps all data in the browser that is signed in', async () => {
    const prepared = await aPreparedAccount(app());
    const { person, browser, rp, tokens, device } = prepared;
    const sent = await (await browser.open('/auth/account')).press('send-again');

    await sent.press('verify', { code: codeIn(await newestMail(app(), person.email)) });

    assert.match((await browser.open('/auth/account')).text, /Confirmed/);
    assert.match(
      (await browser.open('/auth/account/profile')).html,
      /\/auth\/pictures\/[\w-]+-small\.jpg/,
    );
    assert.match((await browser.open('/auth/account/codes')).text, /\b10\b/);
    assert.ok((await rp.refresh(tokens.refreshToken)).accessToken);
    assert.equal((await useAtHome(app(), device)).page.url.pathname, '/auth/account');
  });

  it('keeps all data in another browser after entering the password', async () => {
    const { person, browser, device } = await aPreparedAccount(app());
    await (await browser.open('/auth/account')).press('send-again');
    const link = linkIn(await newestMail(app(), person.email), '/verify/link/');

    await (await app().browser().open(link)).press('verify', { password });

    assert.match((await browser.open('/auth/account')).text, /Confirmed/);
    assert.equal((await useAtHome(app(), device)).page.url.pathname, '/auth/account');
  });
});
