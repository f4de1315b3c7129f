// A second proof of the sign-in, from setting it up to losing the phone.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { decodeJwt } from 'jose';
import { describeApp, describeOnEachArrangement, type TestApp } from '#test/app.ts';
import { holdClock } from '#test/stage/clock.ts';
import type { Page } from '#test/roles/cookie-browser.ts';
import type { Person, RelyingParty } from '#test/roles/relying-party.ts';
import { codeOf, setUpCodes } from '#test/roles/totp.ts';

const path = '/auth/account/codes';

async function withApp(app: TestApp) {
  const rp = await app.relyingParty();
  const person = await app.aPerson();
  const { browser } = await rp.login(person);
  return { rp, person, browser, ...(await setUpCodes(browser, person)) };
}

/** Up to the page that asks for the code. */
async function halfWay(app: TestApp, rp: RelyingParty, { email, password }: Person) {
  const browser = app.browser();
  const request = await rp.request();
  const page = await (await browser.open(request.url)).press('sign-in', { login: email, password });
  assert.ok(page.has('verify'), page.text);
  return { browser, page, request };
}

function isWrong(page: Page): boolean {
  return page.status === 422 && /not right, or was used already/.test(page.text);
}

describeOnEachArrangement('a sign-in with a second proof', (app) => {
  it('asks for the code after the password, and tells the app how it was done', async (t) => {
    const clock = holdClock(t);
    const { rp, person, secret } = await withApp(app());
    clock.advance(60);

    const { page, request } = await halfWay(app(), rp, person);
    const back = await page.press('verify', { code: codeOf(secret) });

    const tokens = await rp.exchange(rp.receive(back, request));
    const claims = decodeJwt(tokens.idToken);
    assert.equal(claims['acr'], 'urn:ostiary:acr:two-factor');
    assert.deepEqual(claims['amr'], ['pwd', 'otp', 'mfa']);
  });

  it('is half a sign-in before that: as if signed out (G27)', async (t) => {
    const clock = holdClock(t);
    const { rp, person, secret } = await withApp(app());
    clock.advance(60);
    const { browser } = await halfWay(app(), rp, person);

    const account = await browser.open('/auth/account');
    const silent = await browser.open((await rp.request({ prompt: 'none' })).url);
    const other = await app().browser().open('/auth/sign-in/second-factor');

    assert.ok(account.has('sign-in'), account.text);
    assert.equal(silent.url.searchParams.get('error'), 'login_required');
    assert.ok(other.has('sign-in'), other.text);
    const own = await (
      await app().browser().open('/auth/sign-in')
    ).press('sign-in', {
      login: person.email,
      password: person.password,
    });
    assert.equal(
      (await own.press('verify', { code: codeOf(secret) })).url.pathname,
      '/auth/account',
    );
  });

  it('takes a code once, and a recovery code instead (G26)', async (t) => {
    const clock = holdClock(t);
    const { rp, person, secret, recoveryCodes } = await withApp(app());
    clock.advance(60);
    const code = codeOf(secret);
    const [first, second, third] = [
      await halfWay(app(), rp, person),
      await halfWay(app(), rp, person),
      await halfWay(app(), rp, person),
    ];

    const answers = await Promise.all([
      first.page.press('verify', { code }),
      second.page.press('verify', { code }),
    ]);
    const lost = await third.page.press('verify', { code: recoveryCodes[0] ?? '' });

    assert.equal(answers.filter(isWrong).length, 1);
    assert.ok(lost.left || lost.has('allow'), lost.text);
    const again = await halfWay(app(), rp, person);
    assert.ok(isWrong(await again.page.press('verify', { code: recoveryCodes[0] ?? '' })));
  });

  it('locks the code after ten wrong ones, whatever the password does in between (G28)', async (t) => {
    const clock = holdClock(t);
    const { rp, person, secret } = await withApp(app());
    clock.advance(60);
    for (let turn = 0; turn < 2; turn += 1) {
      const { page } = await halfWay(app(), rp, person);
      for (let tries = 0; tries < 5; tries += 1) {
        assert.ok(isWrong(await page.press('verify', { code: '000000' })));
      }
    }

    const locked = await (
      await halfWay(app(), rp, person)
    ).page.press('verify', {
      code: codeOf(secret),
    });
    clock.advance(15 * 60);
    const open = await (
      await halfWay(app(), rp, person)
    ).page.press('verify', {
      code: codeOf(secret),
    });

    assert.equal(locked.status, 429);
    assert.match(locked.text, /Too many wrong codes/);
    assert.ok(open.left || open.has('allow'), open.text);
  });
});

describeApp('codes for signing in', {}, (app) => {
  it('are not set up without the password', async () => {
    const rp = await app().relyingParty();
    const { browser } = await rp.login(await app().aPerson());

    const refused = await (await browser.open(path)).press('set-up', { password: 'not mine' });
    const early = await browser.open(`${path}/new`);

    assert.equal(refused.status, 422);
    assert.equal(early.url.pathname, path);
  });

  it('are turned off with password and code, and then the password is enough again', async (t) => {
    const clock = holdClock(t);
    const { rp, person, browser, secret } = await withApp(app());
    clock.advance(60);
    const page = await browser.open(path);

    const { password } = person;
    const wrong = await page.press('remove', { password, code: '000000' });
    const alone = await page.press('remove', { code: codeOf(secret) });
    const done = await page.press('remove', { password, code: codeOf(secret) });

    assert.deepEqual([wrong.status, alone.status], [422, 422]);
    assert.ok(done.has('set-up'), done.text);
    assert.notEqual((await rp.login(person)).accessToken, '');
  });

  it('are shown on paper anew for password and code, and those before end', async (t) => {
    const clock = holdClock(t);
    const { rp, person, browser, secret, recoveryCodes } = await withApp(app());
    clock.advance(60);

    const page = await browser.open(path);
    const paper = await page.press('renew', { password: person.password, code: codeOf(secret) });

    assert.ok(paper.has('recovery-codes'), paper.text);
    const half = await halfWay(app(), rp, person);
    assert.ok(isWrong(await half.page.press('verify', { code: recoveryCodes[1] ?? '' })));
  });

  it('can not be asked of somebody who was blocked meanwhile', async (t) => {
    const clock = holdClock(t);
    const { rp, person, secret } = await withApp(app());
    clock.advance(60);
    const { page } = await halfWay(app(), rp, person);
    await app().block(person.id);

    const refused = await page.press('verify', { code: codeOf(secret) });

    assert.ok(!refused.left, refused.text);
    assert.ok(refused.has('sign-in'), refused.text);
  });
});

describeApp('a stronger sign-in on demand', {}, (app) => {
  const twoFactor = 'urn:ostiary:acr:two-factor';
  const essential = JSON.stringify({ id_token: { acr: { essential: true, value: twoFactor } } });

  it('asks again in a session that was begun with the password alone (RFC 9470)', async (t) => {
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

  it('goes on without where it was a wish, and says so where it was a must', async () => {
    const rp = await app().relyingParty();
    const person = await app().aPerson();
    const { browser } = await rp.login(person);
    const { email: login, password } = person;
    const ask = async (parameters: Record<string, string>) => {
      const request = await rp.request(parameters);
      const page = await browser.open(request.url);
      return [await page.press('sign-in', { login, password }), request] as const;
    };

    const [wish, request] = await ask({ acr_values: twoFactor });
    const [must] = await ask({ claims: essential });

    const { idToken } = await rp.exchange(rp.receive(wish, request));
    assert.equal(decodeJwt(idToken)['acr'], 'urn:ostiary:acr:password');
    assert.equal(must.url.searchParams.get('error'), 'unmet_authentication_requirements');
  });

  it('is announced', async () => {
    const { as } = await app().relyingParty();
    assert.deepEqual(as['acr_values_supported'], [
      'urn:ostiary:acr:mail',
      'urn:ostiary:acr:password',
      twoFactor,
    ]);
  });
});
