import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp, describeOnEachArrangement } from '#test/support/app.ts';
import { mailsTo } from '#test/support/steps/mailbox.ts';
import type { Browser } from '#test/support/actors/cookie-browser.ts';
import { assertInvalidGrant, offline } from '#test/support/data/outcomes.ts';

const path = '/auth/account/password';
const next = 'a wholly different phrase';

async function isSignedIn(browser: Browser): Promise<boolean> {
  return (await browser.open(path)).url.pathname === path;
}

describeOnEachArrangement('the password change page', (app) => {
  it('revokes all other sessions and their grants and renews the current session', async () => {
    const rp = await app().relyingParty();
    const person = await app().createUser();
    const [here, there] = [await rp.login(person, offline), await rp.login(person, offline)];
    const before = here.browser.copy();
    const page = await here.browser.open(path);

    const done = await page.press('continue', { current: person.password, password: next });

    assert.match(done.text, /Your password was changed/);
    assert.deepEqual(
      [await isSignedIn(here.browser), await isSignedIn(before), await isSignedIn(there.browser)],
      [true, false, false],
    );
    assertInvalidGrant(await rp.tryRefresh(there.refreshToken));
    const subjects = (await mailsTo(app(), person.email)).map(({ subject }) => subject);
    assert.ok(subjects.includes('Your Ostiary password was changed'));
    const signIn = async (password: string) => {
      const form = await app().browser().open('/auth/sign-in');
      return (await form.press('sign-in', { login: person.email, password })).status;
    };
    assert.deepEqual([await signIn(person.password), await signIn(next)], [422, 200]);
  });
});

describeApp('input of the password change page', {}, (app) => {
  it('refuses a wrong current password and an easily guessed new one', async () => {
    const rp = await app().relyingParty();
    const person = await app().createUser();
    const { browser } = await rp.login(person);
    const page = await browser.open(path);

    const wrong = await page.press('continue', { current: 'not the right one', password: next });
    const weak = await page.press('continue', {
      current: person.password,
      password: 'passwordpassword',
    });

    assert.equal(wrong.status, 422);
    assert.match(wrong.text, /This password is incorrect/);
    assert.equal(weak.status, 422);
    assert.match(weak.text, /easy to guess/);
    assert.doesNotMatch(weak.html, /passwordpassword/);
    assert.equal(await isSignedIn(browser), true);
  });
});
