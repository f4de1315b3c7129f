// Passkeys: registration, management and sign-in (WebAuthn Level 3).
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { decodeJwt } from 'jose';
import {
  describeApp,
  describeOnEachArrangement,
  startTestApp,
  type TestApp,
} from '#test/support/app.ts';
import { createAuthenticator } from '#test/support/actors/authenticator.ts';
import {
  addPasskey,
  answerWith,
  ask,
  openFresh,
  passkeysPath,
  signInOwn,
  tryAsk,
  useAtHome,
  withPasskey,
} from '#test/support/steps/passkeys.ts';
import type { Person } from '#test/support/actors/relying-party.ts';
import { codeOf, setUpCodes } from '#test/support/steps/totp.ts';
import { holdClock } from '#test/support/clock.ts';
import { mailsTo } from '#test/support/steps/mailbox.ts';

const twoFactor = 'urn:ostiary:acr:two-factor';

async function subjectsOfMails(app: TestApp, { email }: Person): Promise<readonly string[]> {
  return (await mailsTo(app, email)).map(({ subject }) => subject);
}

describeOnEachArrangement('a sign-in with a passkey', (app) => {
  it('satisfies two-factor acr_values and reports the kind of key in amr', async () => {
    const rp = await app().relyingParty();
    for (const synced of [false, true]) {
      const { device } = await withPasskey(app(), await app().createUser(), { synced });
      const browser = app().browser();
      const request = await rp.request({ acr_values: twoFactor });
      const page = await browser.open(request.url);

      const next = await answerWith(page, device.get(await ask(app(), browser, page)));
      const back = next.has('allow') ? await next.press('allow') : next;

      const { idToken } = await rp.exchange(rp.receive(back, request));
      const { acr, amr } = decodeJwt(idToken);
      assert.deepEqual([acr, amr], [twoFactor, [synced ? 'swk' : 'hwk', 'user', 'mfa']]);
    }
  });

  it('opens the account page and counts as reauthentication', async () => {
    const { device } = await withPasskey(app(), await app().createUser());

    const { browser, page } = await useAtHome(app(), device);

    assert.equal(page.url.pathname, '/auth/account', page.text);
    const list = await browser.open(passkeysPath);
    assert.ok(list.has('passkey') && !list.has('confirm'), list.text);
  });

  it('accepts a passkey instead of the TOTP code after the password', async (t) => {
    const clock = holdClock(t);
    const person = await app().createUser();
    const { browser: first, device } = await withPasskey(app(), person);
    await setUpCodes(first, person);
    clock.advance(60);
    const rp = await app().relyingParty();
    const browser = app().browser();
    const request = await rp.request();
    const { email: login, password } = person;
    const step = await (await browser.open(request.url)).press('sign-in', { login, password });

    assert.ok(step.has('verify'), step.text);
    const next = await answerWith(step, device.get(await ask(app(), browser, step)));
    const back = next.has('allow') ? await next.press('allow') : next;

    const { idToken } = await rp.exchange(rp.receive(back, request));
    assert.deepEqual(decodeJwt(idToken)['amr'], ['pwd', 'hwk', 'user', 'mfa']);
    const accountBrowser = app().browser();
    const secondFactor = await signInOwn(accountBrowser, person);
    const other = await withPasskey(app(), await app().createUser());
    const refused = await answerWith(
      secondFactor,
      other.device.get(await ask(app(), accountBrowser, secondFactor)),
    );
    assert.match(refused.text, /couldn’t be verified/);
    const again = await ask(app(), accountBrowser, refused);
    const home = await answerWith(refused, device.get(again));
    assert.equal(home.url.pathname, '/auth/account', home.text);
  });

  it('refuses a blocked user with an explanatory page', async () => {
    const person = await app().createUser();
    const { device } = await withPasskey(app(), person);
    await app().block(person.id);

    const { page } = await useAtHome(app(), device);

    assert.match(page.text, /can’t sign in with this account at the moment/);
    assert.ok(page.has('trouble') && page.has('sign-in'), page.text);
  });
});

describeApp('the passkeys page', {}, (app) => {
  it('requires reauthentication with the password, which is valid for five minutes', async (t) => {
    const clock = holdClock(t);
    const person = await app().createUser();
    const browser = app().browser();
    await signInOwn(browser, person);
    const locked = await browser.open(passkeysPath);

    const wrong = await locked.press('confirm', { password: 'not mine' });
    const open = await locked.press('confirm', { password: person.password });
    clock.advance(5 * 60 + 1);
    const late = await tryAsk(app(), browser, open);

    assert.deepEqual([locked.has('passkey'), wrong.status], [false, 422]);
    assert.equal(late.status, 403);
    assert.ok((await browser.open(passkeysPath)).has('confirm'));
  });

  it('requires reauthentication with password and code if TOTP is on', async (t) => {
    const clock = holdClock(t);
    const person = await app().createUser();
    const browser = app().browser();
    await signInOwn(browser, person);
    const { secret } = await setUpCodes(browser, person);
    clock.advance(6 * 60);
    const page = await browser.open(passkeysPath);

    const { password } = person;
    const refused = await page.press('confirm', { password, code: '000000' });
    const codeOnly = await page.press('confirm', { password: 'not mine', code: codeOf(secret) });
    const open = await page.press('confirm', { password, code: codeOf(secret) });

    assert.deepEqual([refused.status, codeOnly.status], [422, 422]);
    assert.ok(open.has('passkey') && !open.has('confirm'), open.text);
  });

  it('renames and removes passkeys and sends email about added and removed ones', async () => {
    const person = await app().createUser({ claims: { zoneinfo: 'Asia/Tokyo' } });
    const { browser, device, page } = await withPasskey(app(), person, { synced: true });
    assert.match(page.text, /Synced/);
    assert.ok(page.html.includes(`data-credentials="${device.id}"`));

    const renamed = await page.press('rename-1', { name: '  <b>My\u202E phone</b> ' });
    const removed = await renamed.press('remove-1');

    assert.match(renamed.text, /<b>My phone<\/b>/);
    assert.equal(removed.has('remove-1'), false);
    assert.match(removed.html, /data-credentials=""/);
    const { page: after } = await useAtHome(app(), device);
    assert.match(after.text, /no longer registered here/);
    assert.deepEqual(await subjectsOfMails(app(), person), [
      'Passkey removed from your Ostiary account',
      'Passkey added to your Ostiary account',
    ]);
    const [mail] = await mailsTo(app(), person.email);
    assert.match(mail?.text ?? '', /\n\nPasskey: <b>My phone<\/b>\nDevice: .*\nTime: .* GMT\+9\n/);
    assert.ok(!mail?.html.includes('<b>My phone'));
    const activity = await browser.open('/auth/account/activity');
    assert.match(activity.text, /A passkey was removed .*was renamed .*A passkey was added/);
  });

  it('answers 404 to a change of the passkey of another user', async () => {
    const { device, person } = await withPasskey(app(), await app().createUser());
    const { page } = await withPasskey(app(), await app().createUser());

    const removed = await page.press('remove-1', { passkey: device.id });
    const renamed = await page.press('rename-1', { passkey: device.id, name: 'mine' });

    assert.deepEqual([removed.status, renamed.status], [404, 404]);
    const [kept] = await app().services.passkeys.list(person.id);
    assert.deepEqual([kept?.id, kept?.name === 'mine'], [device.id, false]);
  });

  it('limits an account to twenty passkeys', async () => {
    const person = await app().createUser();
    const { browser, page } = await withPasskey(app(), person);
    let last = page;
    for (let turn = 0; turn < 20; turn += 1) {
      const open = await openFresh(browser, person);
      const device = createAuthenticator({ issuer: app().issuer });
      last = await addPasskey(app(), browser, open, device);
    }

    assert.equal(last.status, 422);
    assert.match(last.text, /the maximum number of passkeys/);
  });
});

it('serves related origins only when they are configured (WebAuthn §5.11)', async (t) => {
  const single = await startTestApp(t);
  const origins = 'https://shop.example,https://id.example';
  const related = await startTestApp(t, { settings: { PASSKEY_ORIGINS: origins } });

  const none = await single.send(`${single.issuer}/.well-known/webauthn`);
  const some = await related.send(`${related.issuer}/.well-known/webauthn`);

  assert.deepEqual([none.status, some.status], [404, 200]);
  assert.equal(some.headers.get('content-type'), 'application/json; charset=utf-8');
  assert.deepEqual(await some.json(), { origins: origins.split(',') });
});

it('does not throttle a passkey sign-in because of wrong passwords', async (t) => {
  const app = await startTestApp(t, { settings: { RATE_LIMITS: 'on' } });
  const person = await app.createUser();
  const { device } = await withPasskey(app, person);
  const guessing = app.browser();
  const statuses: number[] = [];
  for (let turn = 0; turn < 12; turn += 1) {
    statuses.push((await signInOwn(guessing, { ...person, password: 'a wrong one' })).status);
  }

  const { page } = await useAtHome(app, device);

  assert.equal(statuses.at(-1), 429);
  assert.equal(page.url.pathname, '/auth/account', page.text);
});
