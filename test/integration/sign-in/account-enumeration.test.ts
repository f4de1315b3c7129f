// Registration and password reset reveal nothing about accounts or blocks, and their rate limits neither help
// an attacker nor lock the owner out.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp, startTestApp, type TestApp } from '#test/support/app.ts';
import type { Browser, Page } from '#test/support/actors/cookie-browser.ts';
import { holdClock } from '#test/support/clock.ts';
import { codeIn, linkIn, mailsTo, newestMail } from '#test/support/steps/mailbox.ts';
import { bareAnswer } from '#test/support/data/comparable-pages.ts';

const password = 'lantern copper walnut drizzle';
const chosen = 'harbor pencil violet thunder';
let count = 0;

const newAddress = () => `answer.${(count += 1)}@example.com`;

async function register(browser: Browser, email: string): Promise<Page> {
  const form = await browser.open('/auth/register');
  return form.press('register', { name: '', email, password });
}

async function ask(browser: Browser, email: string): Promise<Page> {
  const page = await browser.open('/auth/recover');
  return page.press('recover', { email });
}

/** A user who has requested and received an email. */
async function aForgetful(app: TestApp) {
  const person = await app.createUser();
  const page = await ask(app.browser(), person.email);
  const mail = await newestMail(app, person.email);
  return { person, page, code: codeIn(mail), link: linkIn(mail, '/recover/link/') };
}

describeApp(
  'registration with a known address',
  { settings: { EMAIL_VERIFICATION: 'required' } },
  (app) => {
    it('returns the same response as for a new address', async () => {
      const known = await app().createUser();
      const blocked = await app().createUser();
      await app().block(blocked.id);
      const unproven = newAddress();
      await register(app().browser(), unproven);

      const shown = new Set<string>();
      for (const email of [known.email, blocked.email, newAddress(), unproven]) {
        const browser = app().browser();
        const form = await browser.open('/auth/register');
        const { fields } = form.form('register');
        const body = new URLSearchParams({ ...Object.fromEntries(fields), email, password });
        const headers = { cookie: browser.cookies.header(form.url), origin: app().issuer };
        const answer = await app().send(form.url, { method: 'POST', body, headers });
        browser.cookies.keep(form.url, answer.headers);
        const page = await browser.open('/auth/verify');
        const wrong = await page.press('verify', { code: '123456' });
        const all = [
          await bareAnswer(answer, email),
          await bareAnswer(page, email),
          await bareAnswer(wrong, email),
        ];
        shown.add(JSON.stringify(all));
      }

      assert.equal(shown.size, 1, [...shown].join('\n\n'));
    });

    it('informs the mailbox only', async () => {
      const known = await app().createUser();

      const page = await register(app().browser(), known.email.toUpperCase());

      assert.equal(page.has('verify'), true);
      const mail = await newestMail(app(), known.email);
      assert.match(mail.subject, /already have an account/);
      assert.doesNotMatch(mail.text, /\d{6}/);
      assert.ok(linkIn(mail, '/auth/sign-in'));
      assert.ok(linkIn(mail, '/auth/recover'));
    });

    it('accepts no code', async () => {
      const known = await app().createUser();
      const page = await register(app().browser(), known.email);

      const wrong = await page.press('verify', { code: '123456' });

      assert.equal(wrong.status, 422);
      const { db } = app().services;
      const row = await db
        .knex('mail_proofs')
        .where({ kind: 'registration' })
        .orderBy('created_at', 'desc')
        .first();
      assert.equal(row.code_hash, null);
    });
  },
);

describeApp('password reset request', {}, (app) => {
  it('returns the same response for known, unknown and blocked addresses', async () => {
    const known = await app().createUser();
    const blocked = await app().createUser();
    await app().block(blocked.id);
    const shown = new Set<string>();

    for (const email of [known.email, blocked.email, 'unknown@example.com']) {
      const browser = app().browser();
      const page = await browser.open('/auth/recover');
      const { fields } = page.form('recover');
      const body = new URLSearchParams({ ...Object.fromEntries(fields), email });
      const headers = { cookie: browser.cookies.header(page.url), origin: app().issuer };
      const answer = await app().send(page.url, { method: 'POST', body, headers });
      browser.cookies.keep(page.url, answer.headers);
      const next = await browser.open('/auth/recover/code');
      const wrong = await next.press('verify', { code: '123456' });
      const all = [
        await bareAnswer(answer, email),
        await bareAnswer(next, email),
        await bareAnswer(wrong, email),
      ];
      shown.add(JSON.stringify(all));
    }

    assert.equal(shown.size, 1, [...shown].join('\n\n'));
  });

  it('sends no email to an address without an account', async () => {
    await ask(app().browser(), 'unknown.user@example.com');

    assert.deepEqual(await mailsTo(app(), 'unknown.user@example.com'), []);
  });

  it('informs the mailbox of a blocked account without a link to reset the password', async () => {
    const person = await app().createUser();
    await app().block(person.id);

    await ask(app().browser(), person.email);

    const mail = await newestMail(app(), person.email);
    assert.doesNotMatch(mail.text, /\/auth\/|\d{6}/);
  });

  it('refuses a new password when the account was blocked after the request', async () => {
    const { person, page, code, link } = await aForgetful(app());
    const choose = await page.press('verify', { code });
    const byLink = await app().browser().open(link);
    await app().block(person.id);

    const ends = [
      await choose.press('continue', { password: chosen }),
      await byLink.press('continue', { password: chosen }),
    ];

    assert.deepEqual(
      ends.map(({ errorCode }) => errorCode),
      ['expired', 'expired'],
    );
    const user = await app().services.users.findById(person.id);
    assert.notEqual(user?.blockedAt, undefined);
    const where = { event: 'password.reset', user_id: person.id };
    assert.deepEqual(await app().services.db.knex('audit_events').where(where), []);
  });

  it('accepts exactly one plain address', async () => {
    for (const email of [
      '"a@evil.example" <u@ok.example>',
      'u@ok.example\r\nBcc: a@evil.example',
      'u@ok.example, a@evil.example',
      `${'a'.repeat(10_000)}@example.com`,
      '',
    ]) {
      const page = await app().browser().open('/auth/recover');
      const refused = await page.press('recover', { email });
      assert.ok([400, 422].includes(refused.status), email.slice(0, 40));
    }
    assert.deepEqual(await mailsTo(app(), 'a@evil.example'), []);
  });
});

it('password reset token expires after one hour', async (t) => {
  const clock = holdClock(t);
  const app = await startTestApp(t);
  const { page, code, link } = await aForgetful(app);

  clock.advance(60 * 60);

  assert.equal((await page.press('verify', { code })).errorCode, 'expired');
  assert.equal((await app.browser().open(link)).errorCode, 'expired');
});

describeApp('repeated requests for email', { settings: { RATE_LIMITS: 'on' } }, (app) => {
  it('are throttled alike for known and unknown addresses', async () => {
    const known = await app().createUser();

    for (const email of [known.email, 'unknown.other@example.com']) {
      const page = await app().browser().open('/auth/recover');
      const statuses: number[] = [];
      for (let turn = 0; turn < 6; turn += 1) {
        const answer = await page.press('recover', { email });
        statuses.push(answer.status);
        if (answer.status === 429) assert.match(answer.headers.get('retry-after') ?? '', /^\d+$/);
      }
      assert.deepEqual(statuses, [200, 200, 200, 200, 200, 429], email);
    }
    assert.equal((await mailsTo(app(), known.email)).length, 5);
  });

  it('do not prevent the owner from resetting the password on a known device', async () => {
    const person = await app().createUser();
    const own = app().browser();
    const form = await own.open('/auth/sign-in');
    await form.press('sign-in', { login: person.email, password: person.password });
    const { mailThrottle } = app().services;
    for (let turn = 0; turn < 12; turn += 1) {
      const attempt = { email: person.email, address: `192.0.2.${turn}` };
      await mailThrottle.admit(attempt).catch(() => undefined);
    }

    const refused = await ask(app().browser(), person.email);
    const page = await ask(own, person.email);

    assert.equal(refused.status, 429);
    assert.equal(page.has('verify'), true, page.text);
  });

  it('use up only the share of their network per mailbox', async () => {
    const { email } = await app().createUser();
    const { mailThrottle } = app().services;

    for (let turn = 0; turn < 30; turn += 1) {
      await mailThrottle.admit({ email, address: '192.0.2.77' }).catch(() => undefined);
    }

    await assert.doesNotReject(mailThrottle.admit({ email, address: '198.51.100.7' }));
  });

  it('do not allow more attempts at a code than the daily limit', async () => {
    const person = await app().createUser();
    const { mailThrottle } = app().services;
    for (let turn = 0; turn < 25; turn += 1) await mailThrottle.admitCode(person.email);
    const page = await ask(app().browser(), person.email);

    const late = await page.press('verify', {
      code: codeIn(await newestMail(app(), person.email)),
    });

    assert.equal(late.status, 422);
  });
});
