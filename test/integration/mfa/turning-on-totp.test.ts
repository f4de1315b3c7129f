// Turning on TOTP ends every session that was authenticated by the password alone.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp, describeOnEachArrangement } from '#test/support/app.ts';
import type { Page } from '#test/support/actors/cookie-browser.ts';
import { assertInvalidGrant, offline } from '#test/support/data/outcomes.ts';
import { signInOwn } from '#test/support/steps/passkeys.ts';
import { setUpCodes } from '#test/support/steps/totp.ts';
import { holdClock } from '#test/support/clock.ts';
import { codeIn, newestMail } from '#test/support/steps/mailbox.ts';
import { claimsIn, codeOf, isSignedIn } from '#test/support/steps/reauthentication.ts';

const twoFactor = 'urn:ostiary:acr:two-factor';

describeOnEachArrangement('turning on TOTP', (app) => {
  it('revokes all other sessions and tokens, including copies of this cookie', async () => {
    const rp = await app().relyingParty();
    const person = await app().createUser();
    const there = await rp.login(person, offline);
    const here = await rp.login(person, offline);
    const attacker = here.browser.copy();

    await setUpCodes(here.browser, person);

    assert.deepEqual(
      [await isSignedIn(here.browser), await isSignedIn(attacker), await isSignedIn(there.browser)],
      [true, false, false],
    );
    assertInvalidGrant(await rp.tryRefresh(there.refreshToken));
    const claims = await claimsIn(app(), here.browser);
    assert.deepEqual([claims['acr'], claims['amr']], [twoFactor, ['pwd', 'otp', 'mfa']]);
  });

  it('cancels a pending email change that an attacker started', async () => {
    const person = await app().createUser();
    const [owner, attacker] = [app().browser(), app().browser()];
    await signInOwn(owner, person);
    await signInOwn(attacker, person);
    const email = `attacker.${person.id}@example.org`;
    const begun = await (
      await attacker.open('/auth/account/email')
    ).press('continue', { email, password: person.password });
    assert.equal(begun.url.pathname, '/auth/verify', begun.text);
    const mail = await newestMail(app(), email);

    await setUpCodes(owner, person);

    await begun.press('verify', { code: codeIn(mail) });
    const user = await app().services.users.findById(person.id);
    assert.equal(user?.email, person.email);
  });
});

describeApp('a TOTP setup that takes longer than the reauthentication lasts', {}, (app) => {
  it('asks for the password again before it accepts the first code', async (t) => {
    const clock = holdClock(t);
    const person = await app().createUser();
    const browser = app().browser();
    await signInOwn(browser, person);
    const page = await browser.open('/auth/account/codes');
    const shown = await page.press('set-up', { password: person.password });
    const secret = secretOn(shown);
    clock.advance(6 * 60);

    const late = await shown.press('verify', { code: codeOf(secret) });
    const done = await late.press('verify', { password: person.password, code: codeOf(secret) });

    assert.deepEqual([late.status, late.has('password')], [422, true]);
    assert.ok(done.has('recovery-codes'), done.text);
  });
});

function secretOn(page: Page): string {
  const [, grouped = ''] = /<code[^>]*>([A-Z2-7 ]+)<\/code>/.exec(page.html) ?? [];
  return grouped.replaceAll(' ', '');
}
