// An attacker who knows the password moves the account and adds credentials. The owner reverts the
// change from the old mailbox, and no credential that was added since works.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { describeApp, describeOnEachArrangement, type TestApp } from '#test/support/app.ts';
import type { Browser } from '#test/support/actors/cookie-browser.ts';
import { askForEmailChange } from '#test/support/steps/email-change.ts';
import { assertInvalidGrant, offline } from '#test/support/data/outcomes.ts';
import {
  createAuthenticator,
  type Authenticator as Device,
} from '#test/support/actors/authenticator.ts';
import {
  addPasskey,
  openFresh,
  signInOwn,
  useAtHome,
  withPasskey,
} from '#test/support/steps/passkeys.ts';
import type { Person } from '#test/support/actors/relying-party.ts';
import { setUpCodes } from '#test/support/steps/totp.ts';
import { signInUpstream, startAppWithProviders } from '#test/support/steps/federation.ts';
import { holdClock } from '#test/support/clock.ts';
import { codeIn, linkIn, newestMail } from '#test/support/steps/mailbox.ts';

const undoPath = '/auth/account/email/undo/';
const chosen = 'meadow anchor silver biscuit';

function newAddress(): string {
  return `attacker.${Math.random().toString(36).slice(2)}@example.com`;
}

/** A change that the attacker requests and confirms in another browser. */
async function move(place: TestApp, browser: Browser, person: Person, to: string, device?: Device) {
  const page = await askForEmailChange(browser, { place, person, device }, to);
  await page.press('verify', { code: codeIn(await newestMail(place, to)) });
  return linkIn(await newestMail(place, person.email), undoPath);
}

/** The attacker is signed in with the owner's password. */
async function anAttacker(app: TestApp) {
  const person = await app.createUser({ emailVerified: true });
  const browser = app.browser();
  await signInOwn(browser, person);
  return { person, browser };
}

async function undo(app: TestApp, link: string) {
  return (await app.browser().open(link)).press('continue');
}

async function canSignIn(app: TestApp, login: string, password: string): Promise<boolean> {
  const form = await app.browser().open('/auth/sign-in');
  return (await form.press('sign-in', { login, password })).status !== 422;
}

async function recover(app: TestApp, { email }: Person): Promise<void> {
  await (await app.browser().open('/auth/recover')).press('recover', { email });
  const link = linkIn(await newestMail(app, email), '/recover/link/');
  await (await app.browser().open(link)).press('continue', { password: chosen });
}

describeOnEachArrangement('revert of an email change', (app) => {
  it('removes the password and every credential that the attacker added since', async (t) => {
    const clock = holdClock(t);
    const { person, browser } = await anAttacker(app());
    const email = newAddress();
    const link = await move(app(), browser, person, email);
    clock.advance(60);
    const attacker = { ...person, email };
    const rp = await app().relyingParty();
    const tokens = await rp.exchange(await rp.authorize(attacker, offline, browser));
    const device = createAuthenticator({ issuer: app().issuer });
    await addPasskey(app(), browser, await openFresh(browser, person), device);
    await setUpCodes(browser, person);

    const done = await undo(app(), link);

    assert.ok(done.has('signed-out'), done.text);
    clock.advance(1);
    assert.equal((await browser.open('/auth/account')).url.pathname, '/auth/sign-in');
    assertInvalidGrant(await rp.tryRefresh(tokens.refreshToken));
    assert.notEqual((await useAtHome(app(), device)).page.url.pathname, '/auth/account');
    assert.equal(await canSignIn(app(), person.email, person.password), false);
    await recover(app(), person);
    clock.advance(1);
    const owner = app().browser();
    const account = await signInOwn(owner, { ...person, password: chosen });
    assert.equal(account.url.pathname, '/auth/account', account.text);
    const asked = await owner.open((await rp.request(offline)).url);
    assert.ok(asked.has('allow'), asked.text);
  });

  it('removes a password that the attacker changed', async (t) => {
    const clock = holdClock(t);
    const { person, browser } = await anAttacker(app());
    const link = await move(app(), browser, person, newAddress());
    const page = await browser.open('/auth/account/password');
    await page.press('continue', { current: person.password, password: chosen });
    clock.advance(1);

    await undo(app(), link);

    assert.equal(await canSignIn(app(), person.email, chosen), false);
    assert.equal(await canSignIn(app(), person.email, person.password), false);
  });

  it('keeps a passkey that the owner had before and lets the owner sign in with it', async (t) => {
    const clock = holdClock(t);
    const person = await app().createUser({ emailVerified: true });
    const { device } = await withPasskey(app(), person);
    clock.advance(1);
    const browser = app().browser();
    await signInOwn(browser, person);
    const link = await move(app(), browser, person, newAddress(), device);

    await undo(app(), link);

    clock.advance(1);
    assert.equal((await useAtHome(app(), device)).page.url.pathname, '/auth/account');
  });
});

describeApp('attacker who moves an account to another mailbox', {}, (app) => {
  it('loses credentials added before the new mailbox is verified', async (t) => {
    const clock = holdClock(t);
    const { person, browser } = await anAttacker(app());
    const email = newAddress();
    const page = await askForEmailChange(browser, { place: app(), person }, email);
    const device = createAuthenticator({ issuer: app().issuer });
    await addPasskey(app(), browser, await openFresh(browser, person), device);
    clock.advance(60);
    await page.press('verify', { code: codeIn(await newestMail(app(), email)) });
    const link = linkIn(await newestMail(app(), person.email), undoPath);

    await undo(app(), link);

    clock.advance(1);
    assert.notEqual((await useAtHome(app(), device)).page.url.pathname, '/auth/account');
  });

  it('loses credentials added before the change was requested a second time', async (t) => {
    const clock = holdClock(t);
    const { person, browser } = await anAttacker(app());
    await askForEmailChange(browser, { place: app(), person }, newAddress());
    const device = createAuthenticator({ issuer: app().issuer });
    await addPasskey(app(), browser, await openFresh(browser, person), device);
    clock.advance(2 * 60 * 60);
    const link = await move(app(), browser, person, newAddress(), device);

    await undo(app(), link);

    clock.advance(1);
    assert.notEqual((await useAtHome(app(), device)).page.url.pathname, '/auth/account');
  });

  it('loses everything added since the first of two changes', async (t) => {
    const clock = holdClock(t);
    const { person, browser } = await anAttacker(app());
    const between = newAddress();
    const link = await move(app(), browser, person, between);
    const device = createAuthenticator({ issuer: app().issuer });
    await addPasskey(app(), browser, await openFresh(browser, person), device);
    clock.advance(60);
    const other = { ...person, email: between };
    const rival = await move(app(), browser, other, newAddress(), device);

    await undo(app(), link);

    clock.advance(1);
    assert.notEqual((await useAtHome(app(), device)).page.url.pathname, '/auth/account');
    assert.equal((await app().browser().open(rival)).errorCode, 'expired');
    assert.equal((await app().browser().open(link)).errorCode, 'expired');
    await recover(app(), person);
    assert.equal(await canSignIn(app(), person.email, chosen), true);
  });

  it('cannot have the account deleted', async (t) => {
    const clock = holdClock(t);
    const { person, browser } = await anAttacker(app());
    const link = await move(app(), browser, person, newAddress());
    const page = await browser.open('/auth/account/delete');
    await page.press('delete', { password: person.password });

    await undo(app(), link);

    await recover(app(), person);
    clock.advance(1);
    const owner = app().browser();
    const account = await signInOwn(owner, { ...person, password: chosen });
    assert.equal(account.has('keep'), false, account.text);
  });

  it('cannot change the address again while the owner reverts the change', async (t) => {
    const clock = holdClock(t);
    const { person, browser } = await anAttacker(app());
    const email = newAddress();
    const link = await move(app(), browser, person, email);
    const pages = await Promise.all(Array.from({ length: 20 }, () => app().browser().open(link)));
    const third = newAddress();
    const next = await askForEmailChange(browser, { place: app(), person }, third);
    const code = codeIn(await newestMail(app(), third));

    const [ends] = await Promise.all([
      Promise.all(pages.map((page) => page.press('continue'))),
      next.press('verify', { code }),
    ]);

    clock.advance(1);
    assert.equal(ends.filter((page) => page.has('signed-out')).length, 1);
    const user = await app().services.users.findById(person.id);
    assert.equal(user?.email, person.email);
    assert.equal(await canSignIn(app(), person.email, person.password), false);
  });
});

const settings = { EMAIL_VERIFICATION: 'later' };
describeApp('attacker who registers again with the old address', { settings }, (app) => {
  it('cannot prevent the owner from reverting the change', async () => {
    const { person, browser } = await anAttacker(app());
    const link = await move(app(), browser, person, newAddress());
    const form = await app().browser().open('/auth/register');
    await form.press('register', { name: '', email: person.email, password: chosen });

    const done = await undo(app(), link);

    assert.ok(done.has('signed-out'), done.text);
    const user = await app().services.users.findById(person.id);
    assert.equal(user?.email, person.email);
    assert.equal(await canSignIn(app(), person.email, chosen), false);
  });
});

describe('external identity linked by an attacker', () => {
  it('cannot be used to sign in after the email change is reverted', async (t) => {
    const { app, other } = await startAppWithProviders(t);
    const { person, browser } = await anAttacker(app);
    const link = await move(app, browser, person, newAddress());
    const locked = await browser.open('/auth/account/linked');
    const { password } = person;
    const open = locked.has('confirm') ? await locked.press('confirm', { password }) : locked;
    await signInUpstream(browser, open, other, 'link-google');

    await undo(app, link);

    const again = app.browser();
    const end = await signInUpstream(again, await again.open('/auth/sign-in'), other);
    assert.notEqual(end.url.pathname, '/auth/account', end.text);
  });
});
