// "Trust this device": when the second factor is not asked for, and when it always is.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { decodeJwt } from 'jose';
import { passwordAcr, twoFactorAcr } from '#core/sessions/authentication.ts';
import { describeApp } from '#test/support/app.ts';
import { entriesOf } from '#test/support/steps/audit-entries.ts';
import {
  aTrustingUser,
  aUserWithCodes,
  isSpared,
  trust,
  typePassword,
} from '#test/support/steps/trusted-devices.ts';

const day = 24 * 60 * 60;

describeApp('a trusted device', {}, (app) => {
  it('asks for the password only, and claims nothing more', async (t) => {
    const { rp, person, browser } = await aTrustingUser(t, app());

    const request = await rp.request();
    const page = await typePassword(await browser.open(request.url), person);

    assert.equal(page.left, true, page.text);
    const claims = decodeJwt((await rp.exchange(rp.receive(page, request))).idToken);
    assert.equal(claims['acr'], passwordAcr);
    assert.deepEqual(claims['amr'], ['pwd']);
  });

  it('stores a hash of the token, which is in a signed cookie that scripts cannot read', async (t) => {
    const { browser, person } = await aTrustingUser(t, app());
    const cookie = browser.cookies.find('ostiary-trust');

    assert.equal(cookie?.httpOnly, true);
    assert.ok(browser.cookies.find('ostiary-trust.sig'));
    const { rows } = await app().services.db.knex.raw(
      'select row_to_json(t)::text as row from trusted_devices t where user_id = ?',
      [person.id],
    );
    assert.equal(rows.length, 1);
    assert.ok(!rows[0].row.includes(cookie.value));
  });

  it('is trusted for thirty days, however often it is used', async (t) => {
    const { person, browser, clock } = await aTrustingUser(t, app());

    clock.advance(29 * day);
    assert.equal(await isSpared(browser, person), true);
    clock.advance(day + 1);
    assert.equal(await isSpared(browser, person), false);
  });

  it('counts for its user only, and in its browser only', async (t) => {
    const { browser, person } = await aTrustingUser(t, app());
    const other = await aTrustingUser(t, app());

    assert.equal(await isSpared(browser, other.person), false);
    assert.equal(await isSpared(app().browser(), person), false);
  });

  it('refuses a token without our signature, and one that was planted before', async (t) => {
    const { browser, person } = await aTrustingUser(t, app());
    const value = browser.cookies.find('ostiary-trust')?.value ?? '';
    const unsigned = app().browser();
    unsigned.cookies.plant('ostiary-trust', value);
    assert.equal(await isSpared(unsigned, person), false);

    // An attacker plants a trusted token of their own, and the victim then trusts the browser.
    const attacker = await aTrustingUser(t, app());
    const victim = await aUserWithCodes(t, app());
    const planted = attacker.browser.copy();
    await trust(planted, victim);
    assert.equal(await isSpared(planted, victim.person), true);
    assert.equal(await isSpared(attacker.browser, victim.person), false);
  });

  it('is not offered by a form without the tick', async (t) => {
    const user = await aUserWithCodes(t, app());
    const browser = app().browser();
    const page = await typePassword(await browser.open('/auth/sign-in'), user.person);

    await page.press('verify', { code: user.nextCode() });

    assert.equal(browser.cookies.find('ostiary-trust'), undefined);
  });

  for (const [name, parameters] of [
    ['acr_values', { acr_values: twoFactorAcr }],
    ['max_age', { max_age: '60' }],
    ['prompt=login', { prompt: 'login' }],
    [
      'an essential acr',
      { claims: JSON.stringify({ id_token: { acr: { essential: true, value: twoFactorAcr } } }) },
    ],
    ['a voluntary acr', { claims: JSON.stringify({ id_token: { acr: null } }) }],
  ] as const) {
    it(`does not satisfy a request with ${name}`, async (t) => {
      const { rp, person, browser, nextCode } = await aTrustingUser(t, app());
      const request = await rp.request(parameters);

      const page = await typePassword(await browser.open(request.url), person);

      assert.ok(page.has('verify'), page.text);
      const back = await page.press('verify', { code: nextCode() });
      const claims = decodeJwt((await rp.exchange(rp.receive(back, request))).idToken);
      assert.equal(claims['acr'], twoFactorAcr);
    });
  }

  it('does not satisfy a step-up of a session that it started', async (t) => {
    const { rp, person, browser } = await aTrustingUser(t, app());
    await typePassword(await browser.open('/auth/sign-in'), person);
    const { url } = await rp.request({ acr_values: twoFactorAcr });

    const page = await typePassword(await browser.open(url), person);

    assert.ok(page.has('verify'), page.text);
  });

  it('does not replace the code of a reauthentication', async (t) => {
    const { person, browser } = await aTrustingUser(t, app());
    await typePassword(await browser.open('/auth/sign-in'), person);

    const page = await browser.open('/auth/account/email');

    assert.ok(page.has('code'), page.text);
  });

  it('is audited when it is trusted, used and revoked', async (t) => {
    const { person, browser } = await aTrustingUser(t, app());
    await typePassword(await browser.open('/auth/sign-in'), person);
    await (await browser.open('/auth/account/sessions')).press('distrust-1');

    for (const event of ['device.trusted', 'device.trust_used', 'device.trust_revoked'] as const) {
      const entries = await entriesOf(app(), event, { user_id: person.id });
      assert.equal(entries.length, 1, event);
    }
  });
});

describeApp('TRUSTED_DEVICE_DAYS=0', { settings: { TRUSTED_DEVICE_DAYS: '0' } }, (app) => {
  it('offers no trust and accepts none', async (t) => {
    const { person, nextCode } = await aUserWithCodes(t, app());
    const browser = app().browser();
    const page = await typePassword(await browser.open('/auth/sign-in'), person);
    assert.equal(page.has('trust'), false);

    await page.press('verify', { code: nextCode() });

    assert.equal(browser.cookies.find('ostiary-trust'), undefined);
  });
});
