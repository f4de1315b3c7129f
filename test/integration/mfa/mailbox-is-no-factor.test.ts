// Access to the mailbox is not a second factor: neither a password reset nor a verification link
// replaces the TOTP code.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp, type TestApp } from '#test/support/app.ts';
import { setUpCodes } from '#test/support/steps/totp.ts';
import { codeIn, linkIn, newestMail } from '#test/support/steps/mailbox.ts';

const chosen = 'a replacement passphrase of some length';

/** A user with TOTP turned on. */
async function aUserWithTotp(app: TestApp) {
  const person = await app.createUser();
  const browser = app.browser();
  const form = await browser.open('/auth/sign-in');
  await form.press('sign-in', { login: person.email, password: person.password });
  await setUpCodes(browser, person);
  return { person, browser };
}

describeApp('a user with TOTP', {}, (app) => {
  it('has to enter a TOTP code after a password reset by email', async () => {
    const { person } = await aUserWithTotp(app());
    const browser = app().browser();
    const page = await (
      await browser.open('/auth/recover')
    ).press('recover', { email: person.email });
    const choose = await page.press('verify', {
      code: codeIn(await newestMail(app(), person.email)),
    });

    const signIn = await choose.press('continue', { password: chosen });
    const second = await signIn.press('sign-in', { login: person.email, password: chosen });

    assert.equal(second.url.pathname, '/auth/sign-in/second-factor', second.text);
    assert.equal((await browser.open('/auth/account')).url.pathname, '/auth/sign-in');
  });

  it('does not get signed in by verifying an email address with the password', async () => {
    const { person, browser } = await aUserWithTotp(app());
    await (await browser.open('/auth/account')).press('send-again');
    const link = linkIn(await newestMail(app(), person.email), '/verify/link/');
    const other = app().browser();

    const page = await (await other.open(link)).press('verify', { password: person.password });

    assert.equal(page.url.pathname, '/auth/sign-in');
    assert.equal((await other.open('/auth/account')).url.pathname, '/auth/sign-in');
  });
});
