// The second factor: TOTP setup, sign-in with a code, recovery codes and removal.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { decodeJwt } from 'jose';
import { describeApp, describeOnEachArrangement, type TestApp } from '#test/support/app.ts';
import { holdClock } from '#test/support/clock.ts';
import type { Page } from '#test/support/actors/cookie-browser.ts';
import type { Person, RelyingParty } from '#test/support/actors/relying-party.ts';
import { mailsTo } from '#test/support/steps/mailbox.ts';
import { codeOf, setUpCodes } from '#test/support/steps/totp.ts';

const path = '/auth/account/codes';

async function withApp(app: TestApp) {
  const rp = await app.relyingParty();
  const person = await app.createUser();
  const { browser } = await rp.login(person);
  return { rp, person, browser, ...(await setUpCodes(browser, person)) };
}

/** Signs in with the password and returns the page that asks for the code. */
async function openSecondFactorPage(app: TestApp, rp: RelyingParty, { email, password }: Person) {
  const browser = app.browser();
  const request = await rp.request();
  const page = await (await browser.open(request.url)).press('sign-in', { login: email, password });
  assert.ok(page.has('verify'), page.text);
  return { browser, page, request };
}

function isRejected(page: Page): boolean {
  return page.status === 422 && /incorrect or was already used/.test(page.text);
}

describeOnEachArrangement('a sign-in with a second factor', (app) => {
  it('asks for a code after the password and reports both in acr and amr', async (t) => {
    const clock = holdClock(t);
    const { rp, person, secret } = await withApp(app());
    clock.advance(60);

    const { page, request } = await openSecondFactorPage(app(), rp, person);
    const back = await page.press('verify', { code: codeOf(secret) });

    const tokens = await rp.exchange(rp.receive(back, request));
    const claims = decodeJwt(tokens.idToken);
    assert.equal(claims['acr'], 'urn:ostiary:acr:two-factor');
    assert.deepEqual(claims['amr'], ['pwd', 'otp', 'mfa']);
  });

  it('leaves the browser signed out until the code is verified', async (t) => {
    const clock = holdClock(t);
    const { rp, person, secret } = await withApp(app());
    clock.advance(60);
    const { browser } = await openSecondFactorPage(app(), rp, person);

    const account = await browser.open('/auth/account');
    const silent = await browser.open((await rp.request({ prompt: 'none' })).url);
    const other = await app().browser().open('/auth/sign-in/second-factor');

    assert.ok(account.has('sign-in'), account.text);
    assert.equal(silent.url.searchParams.get('error'), 'login_required');
    assert.ok(other.has('sign-in'), other.text);
    const accountPage = await (
      await app().browser().open('/auth/sign-in')
    ).press('sign-in', {
      login: person.email,
      password: person.password,
    });
    assert.equal(
      (await accountPage.press('verify', { code: codeOf(secret) })).url.pathname,
      '/auth/account',
    );
  });

  it('accepts each TOTP code and each recovery code only once', async (t) => {
    const clock = holdClock(t);
    const { rp, person, secret, recoveryCodes } = await withApp(app());
    clock.advance(60);
    const code = codeOf(secret);
    const [first, second, third] = [
      await openSecondFactorPage(app(), rp, person),
      await openSecondFactorPage(app(), rp, person),
      await openSecondFactorPage(app(), rp, person),
    ];

    const answers = await Promise.all([
      first.page.press('verify', { code }),
      second.page.press('verify', { code }),
    ]);
    const lost = await third.page.press('verify', { code: recoveryCodes[0] ?? '' });

    assert.equal(answers.filter(isRejected).length, 1);
    assert.ok(lost.left || lost.has('allow'), lost.text);
    const texts = (await mailsTo(app(), person.email)).map(({ text }) => text);
    const left = texts.flatMap((text) => /^Codes left: (\d+)$/m.exec(text)?.[1] ?? []);
    assert.deepEqual(left, [String(recoveryCodes.length - 1)]);
    const again = await openSecondFactorPage(app(), rp, person);
    assert.ok(isRejected(await again.page.press('verify', { code: recoveryCodes[0] ?? '' })));
  });

  it('locks codes after ten failures even if the password succeeds in between', async (t) => {
    const clock = holdClock(t);
    const { rp, person, secret } = await withApp(app());
    clock.advance(60);
    for (let turn = 0; turn < 2; turn += 1) {
      const { page } = await openSecondFactorPage(app(), rp, person);
      for (let tries = 0; tries < 5; tries += 1) {
        assert.ok(isRejected(await page.press('verify', { code: '000000' })));
      }
    }

    const locked = await (
      await openSecondFactorPage(app(), rp, person)
    ).page.press('verify', {
      code: codeOf(secret),
    });
    clock.advance(15 * 60);
    const open = await (
      await openSecondFactorPage(app(), rp, person)
    ).page.press('verify', {
      code: codeOf(secret),
    });

    assert.equal(locked.status, 429);
    assert.match(locked.text, /Too many wrong codes/);
    assert.ok(open.left || open.has('allow'), open.text);
  });
});

describeApp('the TOTP settings page', {}, (app) => {
  it('does not start TOTP setup without the password', async () => {
    const rp = await app().relyingParty();
    const { browser } = await rp.login(await app().createUser());

    const refused = await (await browser.open(path)).press('set-up', { password: 'not mine' });
    const early = await browser.open(`${path}/new`);

    assert.equal(refused.status, 422);
    assert.equal(early.url.pathname, path);
  });

  it('turns TOTP off with password and code, after which the password suffices', async (t) => {
    const clock = holdClock(t);
    const { rp, person, browser, secret } = await withApp(app());
    clock.advance(60);
    const page = await browser.open(`${path}?act=remove`);

    const { password } = person;
    const wrong = await page.press('remove', { password, code: '000000' });
    const alone = await page.press('remove', { code: codeOf(secret) });
    const done = await page.press('remove', { password, code: codeOf(secret) });

    assert.deepEqual([wrong.status, alone.status], [422, 422]);
    assert.ok(done.has('set-up'), done.text);
    assert.notEqual((await rp.login(person)).accessToken, '');
  });

  it('renews recovery codes with password and code and invalidates the old ones', async (t) => {
    const clock = holdClock(t);
    const { rp, person, browser, secret, recoveryCodes } = await withApp(app());
    clock.advance(60);

    const page = await browser.open(`${path}?act=renew`);
    const renewed = await page.press('renew', { password: person.password, code: codeOf(secret) });

    assert.ok(renewed.has('recovery-codes'), renewed.text);
    const signIn = await openSecondFactorPage(app(), rp, person);
    assert.ok(isRejected(await signIn.page.press('verify', { code: recoveryCodes[1] ?? '' })));
  });

  it('refuses the code of a user who was blocked after entering the password', async (t) => {
    const clock = holdClock(t);
    const { rp, person, secret } = await withApp(app());
    clock.advance(60);
    const { page } = await openSecondFactorPage(app(), rp, person);
    await app().block(person.id);

    const refused = await page.press('verify', { code: codeOf(secret) });

    assert.ok(!refused.left, refused.text);
    assert.ok(refused.has('sign-in'), refused.text);
  });
});

describeApp('step-up authentication (RFC 9470)', {}, (app) => {
  const twoFactor = 'urn:ostiary:acr:two-factor';
  const essential = JSON.stringify({ id_token: { acr: { essential: true, value: twoFactor } } });

  it('asks for a code when acr_values require more than the session has', async (t) => {
    const clock = holdClock(t);
    const { rp, person, browser, secret } = await withApp(app());
    clock.advance(60);
    for (const parameters of [{ acr_values: twoFactor }, { claims: essential }]) {
      clock.advance(60);
      const request = await rp.request(parameters);
      const page = await browser.open(request.url);
      const { email: login, password } = person;
      const step = page.has('sign-in') ? await page.press('sign-in', { login, password }) : page;
      const back = step.left ? step : await step.press('verify', { code: codeOf(secret) });
      const { idToken } = await rp.exchange(rp.receive(back, request));
      assert.equal(decodeJwt(idToken)['acr'], twoFactor);
    }
  });

  it('returns an error if an essential acr cannot be met, but not for acr_values', async () => {
    const rp = await app().relyingParty();
    const person = await app().createUser();
    const { browser } = await rp.login(person);
    const { email: login, password } = person;
    const ask = async (parameters: Record<string, string>) => {
      const request = await rp.request(parameters);
      const page = await browser.open(request.url);
      return [await page.press('sign-in', { login, password }), request] as const;
    };

    const [voluntary, request] = await ask({ acr_values: twoFactor });
    const [essentialAnswer] = await ask({ claims: essential });

    const { idToken } = await rp.exchange(rp.receive(voluntary, request));
    assert.equal(decodeJwt(idToken)['acr'], 'urn:ostiary:acr:password');
    assert.equal(
      essentialAnswer.url.searchParams.get('error'),
      'unmet_authentication_requirements',
    );
  });

  it('publishes the supported acr values in the discovery document', async () => {
    const { as } = await app().relyingParty();
    assert.deepEqual(as['acr_values_supported'], [
      'urn:ostiary:acr:provider',
      'urn:ostiary:acr:mail',
      'urn:ostiary:acr:password',
      twoFactor,
    ]);
  });
});
