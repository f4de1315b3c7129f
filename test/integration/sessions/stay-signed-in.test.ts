// "Stay signed in": without the tick, the cookie ends with the browser and the session after a short
// idle time. The row of the session says which of the two it is.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp, type TestApp } from '#test/support/app.ts';
import { holdClock } from '#test/support/clock.ts';
import type { Browser, Page } from '#test/support/actors/cookie-browser.ts';
import type { Person } from '#test/support/actors/relying-party.ts';
import { codeIn, newestMail } from '#test/support/steps/mailbox.ts';
import { codeOf, setUpCodes } from '#test/support/steps/totp.ts';

const week = 7 * 24 * 60 * 60;
const hour = 60 * 60;
const untick = { stay: '' };

describeApp('"Stay signed in"', {}, (app) => {
  it('is ticked at first', async () => {
    const page = await app().browser().open('/auth/sign-in');

    assert.equal(page.form('sign-in').fields.get('stay'), 'yes');
  });

  it('gives the cookie the lifetime of the session in the account area', async () => {
    const { browser, person } = await signIn(app());

    assert.equal(isLasting(browser), true);
    assert.deepEqual(await rowOf(app(), person), { transient: false, seconds: week });
  });

  it('gives the cookie no expiry and the session an hour without the tick', async () => {
    const { browser, person } = await signIn(app(), untick);

    assert.equal(isLasting(browser), false);
    assert.deepEqual(await rowOf(app(), person), { transient: true, seconds: hour });
  });

  it('counts for the sign-in of a client, across the consent', async () => {
    const rp = await app().relyingParty();
    const person = await app().createUser();
    const { url } = await rp.request();
    const browser = app().browser();
    const page = await browser.open(url);
    const consent = await page.press('sign-in', { ...fieldsOf(person), ...untick });

    const answer = await consent.press('allow');

    assert.equal(answer.left, true);
    assert.equal(isLasting(browser), false);
    assert.deepEqual(await rowOf(app(), person), { transient: true, seconds: hour });
  });

  it('keeps the choice when the consent is denied', async () => {
    const rp = await app().relyingParty();
    const person = await app().createUser();
    const { url } = await rp.request();
    const browser = app().browser();
    const page = await browser.open(url);

    await (await page.press('sign-in', { ...fieldsOf(person), ...untick })).press('deny');

    assert.equal(isLasting(browser), false);
    assert.deepEqual(await rowOf(app(), person), { transient: true, seconds: hour });
  });

  it('keeps the choice in the form after a wrong password', async () => {
    const page = await app().browser().open('/auth/sign-in');

    const again = await page.press('sign-in', {
      ...fieldsOf(await app().createUser()),
      password: 'something else entirely',
      ...untick,
    });

    assert.equal(again.form('sign-in').fields.get('stay'), '');
  });

  it('counts after the second factor', async () => {
    const person = await app().createUser();
    const { browser } = await signIn(app(), {}, person);
    const { secret } = await setUpCodes(browser, person);
    const other = app().browser();
    const page = await signInPage(other, person, untick);

    await page.press('verify', { code: codeOf(secret, 1) });

    assert.equal(isLasting(other), false);
  });

  it('is asked with the code of the mail', async () => {
    const person = await app().createUser({ emailVerified: true });
    const browser = app().browser();
    const page = await browser.open('/auth/sign-in/mail');
    const asked = await page.press('continue', { email: person.email });
    assert.equal(asked.form('verify').fields.get('stay'), 'yes');
    const mail = await newestMail(app(), person.email);

    await asked.press('verify', { code: codeIn(mail), ...untick });

    assert.equal(isLasting(browser), false);
  });

  it('survives a change of the password', async () => {
    const { browser, person } = await signIn(app(), untick);
    const page = await browser.open('/auth/account/password');

    await page.press('continue', {
      current: person.password,
      password: 'another long password of mine',
    });

    assert.equal(isLasting(browser), false);
  });

  it('is decided again by the next sign-in of the same session', async () => {
    const rp = await app().relyingParty({ first_party: true });
    const { browser, person } = await signIn(app(), untick);
    const again = async (fields: Readonly<Record<string, string>>) => {
      const { url } = await rp.request({ prompt: 'login' });
      const page = await browser.open(url);
      await page.press('sign-in', { ...fieldsOf(person), ...fields });
    };

    await again({});
    assert.equal(isLasting(browser), true);
    assert.deepEqual(await rowOf(app(), person), { transient: false, seconds: week });

    await again(untick);
    assert.equal(isLasting(browser), false);
    assert.deepEqual(await rowOf(app(), person), { transient: true, seconds: hour });
  });

  it('ends the session after an hour without use', async (t) => {
    const clock = holdClock(t);
    const { browser } = await signIn(app(), untick);

    clock.advance(hour - 1);
    assert.equal((await browser.open('/auth/account')).url.pathname, '/auth/account');
    clock.advance(2);
    assert.equal((await browser.open('/auth/account')).url.pathname, '/auth/sign-in');
  });
});

describeApp(
  'STAY_SIGNED_IN=off',
  { settings: { STAY_SIGNED_IN: 'off', SESSION_TRANSIENT_IDLE_SECONDS: '600' } },
  (app) => {
    it('leaves the tick to the user', async () => {
      const page = await app().browser().open('/auth/sign-in');
      assert.equal(page.form('sign-in').fields.get('stay'), '');

      const { browser, person } = await signIn(app());
      assert.equal(isLasting(browser), false);
      assert.deepEqual(await rowOf(app(), person), { transient: true, seconds: 600 });

      const lasting = await signIn(app(), { stay: 'yes' });
      assert.equal(isLasting(lasting.browser), true);
    });
  },
);

function fieldsOf({ email, password }: Person) {
  return { login: email, password };
}

async function signIn(app: TestApp, fields: Readonly<Record<string, string>> = {}, user?: Person) {
  const person = user ?? (await app.createUser());
  const browser = app.browser();
  const page = await signInPage(browser, person, fields);
  assert.equal(page.url.pathname, '/auth/account', page.text);
  return { browser, person };
}

async function signInPage(
  browser: Browser,
  person: Person,
  fields: Readonly<Record<string, string>>,
): Promise<Page> {
  const page = await browser.open('/auth/sign-in');
  return page.press('sign-in', { ...fieldsOf(person), ...fields });
}

/** True if the cookie of the session outlives the browser. */
function isLasting({ cookies }: Browser): boolean {
  const cookie = cookies.find('ostiary');
  assert.ok(cookie);
  return cookie.expiresAt !== undefined;
}

async function rowOf({ services }: TestApp, { id }: Person) {
  const { rows } = await services.db.knex.raw<{ rows: object[] }>(
    `select transient, round(extract(epoch from expires_at - last_used_at))::int as seconds
       from sessions where user_id = ? and ended_at is null`,
    [id],
  );
  return rows[0];
}
