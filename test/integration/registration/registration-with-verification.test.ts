// Registration with mandatory email verification: no account exists before it, and no response
// reveals which addresses are known.
import assert from 'node:assert/strict';
import { it, type TestContext } from 'node:test';
import {
  describeApp,
  describeOnEachArrangement,
  startTestApp,
  type TestApp,
} from '#test/support/app.ts';
import type { Browser, Page } from '#test/support/actors/cookie-browser.ts';
import { holdClock } from '#test/support/clock.ts';
import { codeIn, linkIn, mailsTo, newestMail, otherThan } from '#test/support/steps/mailbox.ts';

const required = { EMAIL_VERIFICATION: 'required' };
const password = 'lantern copper walnut drizzle';
let count = 0;

function newAddress(): string {
  count += 1;
  return `new.${count}@example.com`;
}

async function register(browser: Browser, email: string, name = 'New Person'): Promise<Page> {
  const form = await browser.open('/auth/register');
  return form.press('register', { name, email, password });
}

async function userOf(app: TestApp, email: string) {
  return app.services.users.findByEmailKey(email.toLowerCase());
}

/** A user who is asked for the code. */
async function aWaiting(app: TestApp) {
  const email = newAddress();
  const browser = app.browser();
  const page = await register(browser, email);
  const mail = await newestMail(app, email);
  return { email, browser, page, code: codeIn(mail), link: linkIn(mail, '/verify/') };
}

async function isSignedIn(browser: Browser): Promise<boolean> {
  return (await browser.open('/auth/account')).url.pathname === '/auth/account';
}

describeOnEachArrangement(
  'verified registration',
  (app) => {
    it('creates the account by the code, in the browser that registered', async () => {
      const { email, browser, page, code } = await aWaiting(app());
      assert.deepEqual([page.status, page.has('verify')], [200, true], page.text);
      assert.ok(page.text.includes(email), page.text);
      assert.equal(await userOf(app(), email), undefined);

      const account = await page.press('verify', { code: ` ${code.slice(0, 3)}-${code.slice(3)}` });

      assert.equal(account.url.pathname, '/auth/account', account.text);
      const user = await userOf(app(), email);
      assert.deepEqual([user?.emailVerified, user?.claims.name], [true, 'New Person']);
      assert.ok(await isSignedIn(browser));
    });

    it('creates the account by the link only after its form is submitted', async () => {
      const { email, browser, link } = await aWaiting(app());

      const page = await browser.open(link);
      const before = await userOf(app(), email);
      const account = await page.press('verify');

      assert.equal(before, undefined);
      assert.equal(account.url.pathname, '/auth/account', account.text);
      assert.equal((await userOf(app(), email))?.emailVerified, true);
    });

    it('asks for a new password when the link is opened in another browser', async () => {
      const { email, browser, link } = await aWaiting(app());
      const other = app().browser();
      const chosen = 'saddle winter pepper canyon';

      const page = await other.open(link);
      const weak = await page.press('continue', { password: 'short' });
      const account = await weak.press('continue', { password: chosen, name: 'My Own' });

      assert.equal(weak.status, 422);
      assert.equal((await userOf(app(), email))?.claims.name, 'My Own');
      assert.equal(account.url.pathname, '/auth/account', account.text);
      assert.equal(await isSignedIn(browser), false);
      const rp = await app().relyingParty({ first_party: true });
      await rp.login({ id: '', email, password: chosen });
      const form = await app().browser().open('/auth/sign-in');
      const refused = await form.press('sign-in', { login: email, password });
      assert.equal(refused.status, 422);
    });

    it('continues to the client that started it', async () => {
      const rp = await app().relyingParty();
      for (const way of ['code', 'link'] as const) {
        const pending = await rp.request({ scope: 'openid email' });
        const browser = app().browser();
        const email = newAddress();
        const signIn = await browser.open(pending.url);
        const form = await browser.open(`${signIn.url.href}/register`);
        const page = await form.press('register', { name: '', email, password });
        const mail = await newestMail(app(), email);

        const consent =
          way === 'code'
            ? await page.press('verify', { code: codeIn(mail) })
            : await (await browser.open(linkIn(mail, '/verify/'))).press('verify');
        const back = await consent.press('allow');

        const login = await rp.exchange(rp.receive(back, pending));
        const shown = await rp.userinfo(login);
        assert.deepEqual([shown['email'], shown['email_verified']], [email, true]);
      }
    });

    it('creates one account for fifty simultaneous requests with the same address', async () => {
      const email = newAddress();
      const browsers = Array.from({ length: 50 }, () => app().browser());
      const forms = await Promise.all(browsers.map((each) => each.open('/auth/register')));

      const pages = await Promise.all(
        forms.map((form) => form.press('register', { name: '', email, password })),
      );
      const codes = (await mailsTo(app(), email)).map(codeIn);
      const ends = await Promise.all(
        pages.map((page, turn) => page.press('verify', { code: codes[turn] ?? '' })),
      );

      assert.ok(pages.every((page) => page.status === 200 && page.has('verify')));
      const made = ends.filter(({ url }) => url.pathname === '/auth/account');
      const others = ends.filter((end) => !made.includes(end));
      assert.ok(made.length <= 1);
      assert.ok(others.every(({ status }) => status === 422));
      const rows: unknown[] = await app().services.db.knex('users').where({ email_key: email });
      assert.ok(rows.length <= 1);
    });

    it('creates one account when twenty requests submit the same link', async () => {
      const { email, browser, link } = await aWaiting(app());
      const pages = await Promise.all(Array.from({ length: 20 }, () => browser.copy().open(link)));

      const ends = await Promise.all(pages.map((page) => page.press('verify')));

      const made = ends.filter(({ url }) => url.pathname === '/auth/account');
      assert.equal(made.length, 1);
      assert.ok(ends.every((end) => made.includes(end) || end.errorCode === 'expired'));
      const events: unknown[] = await app()
        .services.db.knex('audit_events')
        .where({ event: 'user.registered', user_id: (await userOf(app(), email))?.id });
      assert.equal(events.length, 1);
    });
  },
  required,
);

describeApp('registration code', { settings: required }, (app) => {
  it('is rejected after five wrong attempts while the link remains valid', async () => {
    const { browser, page, code, link } = await aWaiting(app());

    let shown = page;
    for (let turn = 0; turn < 5; turn += 1) {
      shown = await shown.press('verify', { code: otherThan(code) });
      assert.deepEqual([shown.status, shown.has('verify')], [422, true]);
    }
    const late = await shown.press('verify', { code });

    assert.equal(late.status, 422);
    assert.match(late.text, /no longer valid/);
    const account = await (await browser.open(link)).press('verify');
    assert.equal(account.url.pathname, '/auth/account');
  });

  it('is rejected in another browser', async () => {
    const { email, page, code } = await aWaiting(app());
    const other = await register(app().browser(), newAddress());
    const { fields } = page.form('verify');

    const stolen = await other.press('verify', { code, proof: fields.get('proof') ?? '' });

    assert.equal(stolen.status, 422);
    assert.equal(await userOf(app(), email), undefined);
  });

  it('is compared five times at most under concurrent attempts', async () => {
    const { page, code, email } = await aWaiting(app());
    const wrong = otherThan(code);

    await Promise.all(Array.from({ length: 30 }, () => page.press('verify', { code: wrong })));
    const late = await page.press('verify', { code });

    assert.equal(late.status, 422);
    assert.equal(await userOf(app(), email), undefined);
  });

  it('is invalidated together with its link by a newer one', async () => {
    const { email, browser, page, code, link } = await aWaiting(app());
    const again = await register(browser, email);

    const old = await page.press('verify', { code });
    const opened = await browser.open(link);

    assert.equal(old.status, 422);
    assert.equal(opened.errorCode, 'expired');
    const account = await again.press('verify', { code: codeIn(await newestMail(app(), email)) });
    assert.equal(account.url.pathname, '/auth/account');
  });

  it('is not stored in plain text, nor are the link and the password', async () => {
    const { code, link } = await aWaiting(app());
    const { knex } = app().services.db;

    const rows = JSON.stringify([
      await knex('mail_proofs').select(),
      await knex('outbox').select(),
      await knex('audit_events').select(),
    ]);

    const token = link.split('/').at(-1) ?? '';
    assert.equal(rows.includes(token), false);
    assert.equal(rows.includes('argon2'), false);
    assert.doesNotMatch(rows, new RegExp(`\\D${code}\\D`));
  });
});

it('pending registration expires after one hour', async (t: TestContext) => {
  const clock = holdClock(t);
  const app = await startTestApp(t, { settings: required });
  const { email, browser, page, code, link } = await aWaiting(app);

  clock.advance(60 * 60);
  const late = await page.press('verify', { code });
  const opened = await browser.open(link);

  assert.deepEqual([late.errorCode, opened.errorCode], ['expired', 'expired']);
  assert.equal(await userOf(app, email), undefined);
});
