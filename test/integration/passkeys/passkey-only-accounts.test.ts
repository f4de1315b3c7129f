// Accounts that sign in with passkeys only.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp, type TestApp } from '#test/support/app.ts';
import { createAuthenticator } from '#test/support/actors/authenticator.ts';
import {
  addPasskey,
  answerWith,
  ask,
  passkeysPath,
  signInOwn,
  useAtHome,
  withPasskey,
} from '#test/support/steps/passkeys.ts';
import type { Person } from '#test/support/actors/relying-party.ts';
import { setUpCodes } from '#test/support/steps/totp.ts';
import { holdClock } from '#test/support/clock.ts';

describeApp('an account without a password', {}, (app) => {
  it('must have two passkeys at first, the last of which cannot be removed', async () => {
    const person = await app().createUser();
    const { browser, device, page } = await withPasskey(app(), person);
    const early = await browser.open('/auth/account/password');
    await addPasskey(app(), browser, page, createAuthenticator({ issuer: app().issuer }));
    const offer = await browser.open('/auth/account/password');

    const wrong = await offer.press('remove-password', { current: 'not mine' });
    const done = await offer.press('remove-password', { current: person.password });

    assert.deepEqual([early.has('remove-password'), wrong.status], [false, 422]);
    assert.match(done.text, /You sign in without a password/);
    const refused = await signInOwn(app().browser(), person);
    assert.equal(refused.status, 422);
    const one = await (await browser.open(passkeysPath)).press('remove-2');
    assert.equal(one.has('remove-1'), false, one.text);
    const forced = await page.press('remove-1', { passkey: device.id });
    assert.equal(forced.status, 422);
    assert.match(forced.text, /only way to sign in/);
    assert.equal((await useAtHome(app(), device)).page.url.pathname, '/auth/account');
  });

  it('can be reauthenticated with a passkey', async (t) => {
    const clock = holdClock(t);
    const person = await app().createUser();
    const { browser, device, page } = await withPasskey(app(), person);
    await addPasskey(app(), browser, page, createAuthenticator({ issuer: app().issuer }));
    await (
      await browser.open('/auth/account/password')
    ).press('remove-password', { current: person.password });
    clock.advance(6 * 60);
    const locked = await browser.open(passkeysPath);

    const open = await answerWith(locked, device.get(await ask(app(), browser, locked)));

    assert.deepEqual([locked.has('confirm'), locked.has('remove-1')], [false, false]);
    assert.ok(open.has('remove-1'), open.text);
  });

  it('can turn on TOTP after reauthentication with a passkey', async (t) => {
    const clock = holdClock(t);
    const person = await app().createUser();
    const { browser, device, page } = await withPasskey(app(), person);
    await addPasskey(app(), browser, page, createAuthenticator({ issuer: app().issuer }));
    await removePassword(app(), person);
    clock.advance(6 * 60);
    const locked = await browser.open('/auth/account/codes');
    const proof = await browser.open(passkeysPath);
    await answerWith(proof, device.get(await ask(app(), browser, proof)));

    const { recoveryCodes } = await setUpCodes(browser);

    assert.deepEqual([locked.has('passkey'), locked.has('set-up')], [true, false]);
    assert.equal(recoveryCodes.length, 10);
  });

  it('can change the email address after reauthentication with a passkey', async (t) => {
    const clock = holdClock(t);
    const person = await app().createUser();
    const { browser, device, page } = await withPasskey(app(), person);
    await addPasskey(app(), browser, page, createAuthenticator({ issuer: app().issuer }));
    const fresh = await browser.open('/auth/account/email');
    await removePassword(app(), person);
    clock.advance(6 * 60);

    const refused = await fresh.press('continue', { email: 'new@example.org' });
    const proof = await browser.open(passkeysPath);
    await answerWith(proof, device.get(await ask(app(), browser, proof)));
    const asked = await (
      await browser.open('/auth/account/email')
    ).press('continue', { email: 'new@example.org' });

    assert.deepEqual(
      [refused.status, refused.html.includes('confirm?back=email'), refused.has('continue')],
      [422, true, false],
    );
    assert.equal(asked.url.pathname, '/auth/verify', asked.text);
  });

  it('can request a data export after reauthentication with a passkey', async (t) => {
    const clock = holdClock(t);
    const person = await app().createUser();
    const { browser, device, page } = await withPasskey(app(), person);
    await addPasskey(app(), browser, page, createAuthenticator({ issuer: app().issuer }));
    const fresh = await browser.open('/auth/account/export');
    await removePassword(app(), person);
    clock.advance(6 * 60);

    const refused = await fresh.press('request');
    const proof = await browser.open(passkeysPath);
    await answerWith(proof, device.get(await ask(app(), browser, proof)));
    const asked = await (await browser.open('/auth/account/export')).press('request');

    assert.deepEqual(
      [refused.status, refused.html.includes('confirm?back=export'), refused.has('request')],
      [422, true, false],
    );
    assert.ok(asked.has('making'), asked.text);
  });
});

async function removePassword({ services }: TestApp, { id }: Person): Promise<void> {
  const user = await services.users.findById(id);
  assert.ok(user && (await services.passkeys.removePassword(user)));
}
