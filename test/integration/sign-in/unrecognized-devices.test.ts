import assert from 'node:assert/strict';
import { it } from 'node:test';
import {
  describeApp,
  describeOnEachArrangement,
  startTestApp,
  type TestApp,
} from '#test/support/app.ts';
import { holdClock } from '#test/support/clock.ts';
import { inLine, rowOfUser } from '#test/support/services/row-locks.ts';
import { mailsTo } from '#test/support/steps/mailbox.ts';
import type { Browser } from '#test/support/actors/cookie-browser.ts';
import type { Person } from '#test/support/actors/relying-party.ts';

const firefox = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:141.0) Gecko/20100101 Firefox/141.0';

async function signIn(app: TestApp, { email, password }: Person, browser = app.browser()) {
  const page = await browser.open('/auth/sign-in');
  const account = await page.press('sign-in', { login: email, password });
  assert.equal(account.url.pathname, '/auth/account', account.text);
  return browser;
}

async function linkIn(app: TestApp, person: Person): Promise<string> {
  const [mail] = await mailsTo(app, person.email);
  const [link] = /https?:\/\/\S*\/auth\/not-me\/\S+/.exec(mail?.text ?? '') ?? [];
  assert.ok(link, 'the email contains no link');
  return link;
}

async function isSignedIn(browser: Browser): Promise<boolean> {
  return (await browser.open('/auth/account')).url.pathname === '/auth/account';
}

/** A user who has signed in before, and an attacker who knows the password. */
async function signInOfAttacker(app: TestApp) {
  const person = await app.createUser();
  const owner = await signIn(app, person);
  const attacker = await signIn(app, person);
  return { person, owner, attacker, link: await linkIn(app, person) };
}

describeOnEachArrangement('sign-in on an unrecognized device', (app) => {
  it('sends no notification for the first sign-in of an account', async () => {
    const person = await app().createUser();

    await signIn(app(), person);

    assert.deepEqual(await mailsTo(app(), person.email), []);
  });

  it('sends an email and an audit event once per device', async () => {
    const person = await app().createUser();
    const rp = await app().relyingParty();
    await signIn(app(), person);

    const { browser } = await rp.login(person);
    await rp.login(person, { prompt: 'login' }, browser);

    assert.equal((await mailsTo(app(), person.email)).length, 1);
    const events = await app()
      .services.db.knex('audit_events')
      .where({ event: 'device.new', user_id: person.id });
    assert.equal(events.length, 1);
    assert.equal(events[0].client_id, rp.app.clientId);
  });

  it('is still reported when the attacker omits the device cookie', async () => {
    const person = await app().createUser();
    await signIn(app(), person);

    await signIn(app(), person);
    await signIn(app(), person);

    assert.equal((await mailsTo(app(), person.email)).length, 2);
  });
});

describeApp('email about an unrecognized device', {}, (app) => {
  it('names the device, the time and the location, as does the page behind its link', async () => {
    const person = await app().createUser({ claims: { zoneinfo: 'Europe/Berlin' } });
    await signIn(app(), person);
    const browser = app().browser();
    const headers = { 'user-agent': firefox };

    const page = await browser.open('/auth/sign-in', headers);
    const { fields } = page.form('sign-in');
    const { email: login, password } = person;
    const body = new URLSearchParams({ ...Object.fromEntries(fields), login, password });
    const cookie = browser.cookies.header(page.url);
    await app().send(page.url, { method: 'POST', body, headers: { ...headers, cookie } });

    const [mail] = await mailsTo(app(), person.email);
    assert.match(mail?.text ?? '', /Firefox.*Windows/);
    assert.match(mail?.text ?? '', /IP address: 127\.0\.0\.1/);
    assert.match(mail?.text ?? '', /GMT\+[12]|CES?T/);
    const { text } = await app()
      .browser()
      .open(await linkIn(app(), person));
    assert.match(text, /Firefox.*Windows/);
    assert.match(text, /127\.0\.0\.1/);
  });

  it('uses the language of the user', async () => {
    const person = await app().createUser({ claims: { locale: 'de-AT' } });
    await signIn(app(), person);
    await signIn(app(), person);

    const [mail] = await mailsTo(app(), person.email);

    assert.match(mail?.subject ?? '', /Neue Anmeldung/);
    assert.match(mail?.html ?? '', /<html lang="de"/);
  });
});

describeApp('link to report an unrecognized sign-in', {}, (app) => {
  it('changes nothing when opened, for example by a mail scanner', async () => {
    const { attacker, link } = await signInOfAttacker(app());

    const page = await app().browser().open(link);

    assert.ok(page.has('continue'));
    assert.ok(await isSignedIn(attacker));
  });

  it('signs the user out everywhere after confirmation and forgets the device', async (t) => {
    const clock = holdClock(t);
    const { person, owner, attacker, link } = await signInOfAttacker(app());

    const page = await app().browser().open(link);
    const done = await page.press('continue');

    assert.ok(done.has('signed-out'));
    assert.equal(await isSignedIn(attacker), false);
    assert.equal(await isSignedIn(owner), false);
    const events = await app()
      .services.db.knex('audit_events')
      .where({ event: 'device.disowned', user_id: person.id });
    assert.equal(events.length, 1);
    clock.advance(1);
    await signIn(app(), person, attacker);
    assert.equal((await mailsTo(app(), person.email)).length, 2);
  });

  it('is accepted once', async (t) => {
    const clock = holdClock(t);
    const { person, link } = await signInOfAttacker(app());
    const page = await app().browser().open(link);
    await page.press('continue');
    clock.advance(1);
    const owner = await signIn(app(), person);

    const again = await page.press('continue');
    const opened = await app().browser().open(link);

    assert.deepEqual([again.errorCode, opened.errorCode], ['expired', 'expired']);
    assert.ok(await isSignedIn(owner));
  });

  it('is accepted once if it is used twice at the same time', async () => {
    const { person, link } = await signInOfAttacker(app());
    const pages = [await app().browser().open(link), await app().browser().open(link)];
    const version = async () => (await app().services.users.findById(person.id))?.securityVersion;
    const before = (await version()) ?? 0;

    const ends = await inLine(
      app(),
      rowOfUser(person.id),
      pages.map((page) => () => page.press('continue')),
    );

    assert.deepEqual(
      ends.map((end) => [end.has('signed-out'), end.errorCode]),
      [
        [true, undefined],
        [false, 'expired'],
      ],
    );
    assert.equal(await version(), before + 1);
  });

  it('refuses cross-site forms and forged links', async () => {
    const { attacker, link } = await signInOfAttacker(app());

    const foreign = await app().send(link, {
      method: 'POST',
      body: new URLSearchParams({ form_token: 'x' }),
    });
    const forged = await app()
      .browser()
      .open(`${link.slice(0, -4)}AAAA`);

    assert.equal(foreign.status, 403);
    assert.equal(forged.errorCode, 'expired');
    assert.ok(await isSignedIn(attacker));
  });
});

it('link to report an unrecognized sign-in expires after 7 days', async (t) => {
  const clock = holdClock(t);
  const app = await startTestApp(t);
  const { link } = await signInOfAttacker(app);

  clock.advance(7 * 24 * 60 * 60);
  const page = await app.browser().open(link);

  assert.equal(page.errorCode, 'expired');
});
