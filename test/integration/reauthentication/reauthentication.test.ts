// An attacker with a stolen cookie and the password cannot perform an action that requires the
// account's strongest factor, and no session claims more than was authenticated in it.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp, describeOnEachArrangement, type TestApp } from '#test/support/app.ts';
import { answerWith, ask, passkeysPath, signInOwn } from '#test/support/steps/passkeys.ts';
import type { Person } from '#test/support/actors/relying-party.ts';
import { holdClock } from '#test/support/clock.ts';
import { codeIn, newestMail } from '#test/support/steps/mailbox.ts';
import {
  claimsIn,
  codeOf,
  isSignedIn,
  post,
  signInWithCode,
  stateOf,
  withCodes,
  withOnePasskey,
} from '#test/support/steps/reauthentication.ts';

const next = 'a wholly different phrase';
const twoFactor = 'urn:ostiary:acr:two-factor';
const passwordPath = '/auth/account/password';
const hourSeconds = 60 * 60;

/** An account with TOTP whose session began an hour ago. */
async function withOldSession(app: TestApp, advance: (seconds: number) => void) {
  const owner = await withCodes(app);
  advance(hourSeconds);
  const browser = await signInWithCode(app, owner.person, codeOf(owner.secret));
  advance(hourSeconds);
  return { ...owner, browser };
}

describeOnEachArrangement('a stolen cookie and the password of an account with TOTP', (app) => {
  it('cannot change the password or email address or add a passkey without the code', async (t) => {
    const clock = holdClock(t);
    const owner = await withOldSession(app(), clock.advance);
    const attacker = owner.browser.copy();
    const before = await stateOf(app(), owner.id);
    const { password: current } = owner;

    const answers = [
      await post(app(), attacker, passwordPath, { current, password: next }),
      await post(app(), attacker, '/auth/account/email', {
        email: 'attacker@example.org',
        password: current,
      }),
      await post(app(), attacker, `${passkeysPath}/options`, {}),
    ];

    assert.deepEqual(
      answers.map(({ status }) => status),
      [422, 422, 403],
    );
    assert.equal(await stateOf(app(), owner.id), before);
    assert.ok((await attacker.open(passkeysPath)).has('confirm'));
    assert.equal(await isSignedIn(owner.browser), true);
  });
});

describeApp('the session after a password change', {}, (app) => {
  it('reports password and code in amr and the time of the change in auth_time', async (t) => {
    const clock = holdClock(t);
    const { browser, password, secret, person } = await withOldSession(app(), clock.advance);

    const page = await browser.open(passwordPath);
    await page.press('continue', { current: password, password: next, code: codeOf(secret) });

    const claims = await claimsIn(app(), browser);
    assert.deepEqual([claims['acr'], claims['amr']], [twoFactor, ['pwd', 'otp', 'mfa']]);
    assert.ok(Number(claims['auth_time']) >= Math.floor(Date.now() / 1000));
    clock.advance(60);
    await signInWithCode(app(), { ...person, password: next }, codeOf(secret));
  });

  it('does not inherit the second factor of the previous session', async (t) => {
    const clock = holdClock(t);
    const { services } = app();
    const owner = await withOldSession(app(), clock.advance);
    // After the operator removes TOTP, the session still claims two factors.
    await services.secondFactor.remove(owner.id, { kind: 'operator' });
    assert.equal((await claimsIn(app(), owner.browser))['acr'], twoFactor);

    const page = await owner.browser.open(passwordPath);
    await page.press('continue', { current: owner.password, password: next });

    const claims = await claimsIn(app(), owner.browser);
    assert.deepEqual([claims['acr'], claims['amr']], ['urn:ostiary:acr:password', ['pwd']]);
    assert.ok((await owner.browser.open(passkeysPath)).has('confirm'));
  });

  it('requires the passkey of an account that has one and reports it in amr', async (t) => {
    const clock = holdClock(t);
    const { id, browser, device, password: current } = await withOnePasskey(app());
    clock.advance(hourSeconds);
    const before = await stateOf(app(), id);

    const refused = await post(app(), browser, passwordPath, { current, password: next });
    const locked = await browser.open(passwordPath);
    const open = await answerWith(locked, device.get(await ask(app(), browser, locked)));
    const unchanged = await stateOf(app(), id);
    await open.press('continue', { current, password: next });

    assert.equal(refused.status, 422);
    assert.equal(locked.has('continue'), false);
    assert.equal(unchanged.includes('"hash"'), before.includes('"hash"'));
    const claims = await claimsIn(app(), browser);
    assert.deepEqual([claims['acr'], claims['amr']], [twoFactor, ['hwk', 'user', 'pwd', 'mfa']]);
  });

  it('is not created if the session that changed the password has ended', async () => {
    const person = await app().createUser();
    const [here, there] = [app().browser(), app().browser()];
    await signInOwn(here, person);
    await signInOwn(there, person);
    const services = app().services;
    const { db } = services;
    const user = await services.users.findById(person.id);
    const [session]: { uid: string }[] = await db.knex('sessions').where({ user_id: person.id });
    assert.ok(user && session);
    const by = { kind: 'user', id: person.id } as const;
    await services.blocking.endSession(session.uid, by, 'session.ended', person.id);

    const late = services.passwordChange.change(user, session.uid, next);

    await assert.rejects(late, { code: 'forbidden' });
    assert.equal((await signInOwn(app().browser(), person)).url.pathname, '/auth/account');
  });
});

describeApp('a session whose first consent was denied', {}, (app) => {
  it('keeps its authentication time when consent is denied, so max_age is enforced', async (t) => {
    const clock = holdClock(t);
    const rp = await app().relyingParty();
    const { email, password }: Person = await app().createUser();
    const browser = app().browser();
    const first = await browser.open((await rp.request()).url);
    const consent = await first.press('sign-in', { login: email, password });
    clock.advance(10 * 60);
    await consent.press('deny');
    assert.equal(await isSignedIn(browser), true);

    const page = await browser.open((await rp.request({ max_age: '300' })).url);

    assert.ok(page.has('sign-in'), page.text);
  });
});

describeApp('a user who lost the passkey', {}, (app) => {
  it('can remove the passkey with a password reset in the last 15 minutes', async (t) => {
    const clock = holdClock(t);
    const { person } = await withOnePasskey(app());
    const browser = app().browser();
    await signInOwn(browser, person);
    const before = await browser.open(passkeysPath);
    const asked = await (
      await app().browser().open('/auth/recover')
    ).press('recover', { email: person.email });
    const code = codeIn(await newestMail(app(), person.email));
    const signIn = await (
      await asked.press('verify', { code })
    ).press('continue', { password: next });
    await signIn.press('sign-in', { login: person.email, password: next });
    await signInOwn(browser, { ...person, password: next });
    const soon = await browser.open(passkeysPath);
    const open = await soon.press('confirm', { password: next });
    assert.ok(open.has('remove-1'), open.text);
    clock.advance(16 * 60);
    const late = await soon.press('confirm', { password: next });
    const locked = await browser.open(passkeysPath);

    assert.deepEqual(
      [before.has('confirm'), open.has('remove-1'), locked.has('confirm'), locked.has('remove-1')],
      [false, true, false, false],
    );
    assert.equal(late.status, 422);
  });
});

describeApp('a recovery code', {}, (app) => {
  it('replaces a TOTP code once in a reauthentication with the password', async (t) => {
    const clock = holdClock(t);
    const owner = await withOldSession(app(), clock.advance);
    const [code = ''] = owner.recoveryCodes;
    const page = await owner.browser.open(passkeysPath);

    const alone = await page.press('confirm', { password: 'not mine', code });
    const open = await page.press('confirm', { password: owner.password, code });
    clock.advance(6 * 60);
    const again = await (
      await owner.browser.open(passkeysPath)
    ).press('confirm', { password: owner.password, code });

    assert.deepEqual([alone.status, again.status], [422, 422]);
    assert.equal(open.has('confirm'), false, open.text);
  });
});
