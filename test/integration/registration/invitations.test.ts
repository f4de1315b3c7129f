// Restrictions on registration: invitation only, allowed mail domains, acceptance of the terms.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp, startTestApp, type TestApp } from '#test/support/app.ts';
import { holdClock } from '#test/support/clock.ts';
import { codeIn, linkIn, mailsTo, newestMail } from '#test/support/steps/mailbox.ts';

const password = 'lantern copper walnut drizzle';
const invite = { REGISTRATION: 'invite' };
const termsSettings = { TERMS_URL: 'https://example.com/terms', TERMS_VERSION: '2026-11' };
let count = 0;

function newAddress(domain = 'example.com'): string {
  count += 1;
  return `guest.${count}@${domain}`;
}

async function anInvitation({ services }: TestApp, email = newAddress()) {
  const outcome = await services.invitations.invite(email, undefined);
  assert.ok(outcome.ok);
  return outcome;
}

async function termsOf({ services }: TestApp, email: string): Promise<unknown> {
  const row = await services.db.knex('users').where({ email_key: email }).first();
  return row && [row.terms_version, row.terms_accepted_at instanceof Date];
}

describeApp('invitation', { settings: invite }, (app) => {
  it('arrives by email and creates one account with a verified address', async () => {
    const { email, link } = await anInvitation(app());
    assert.equal(linkIn(await newestMail(app(), email), '/invitation/'), link);
    const browser = app().browser();

    const page = await browser.open(link);
    const account = await page.press('register', { name: 'Guest', password });
    const again = await app().browser().open(link);

    assert.equal(account.url.pathname, '/auth/account', account.text);
    const user = await app().services.users.findByEmailKey(email);
    assert.deepEqual([user?.emailVerified, user?.claims.name], [true, 'Guest']);
    assert.equal(again.errorCode, 'expired');
  });

  it('names the administrator who sent it', async () => {
    const { invitations } = app().services;
    const { id } = await app().createUser({ claims: { name: 'Grace Hopper' } });
    const [named, unnamed] = [newAddress(), newAddress()];

    await invitations.invite(named, 'en', { kind: 'user', id });
    await invitations.invite(unnamed, 'en');

    assert.match((await newestMail(app(), named)).text, /Grace Hopper invited you to create/);
    assert.match((await newestMail(app(), unnamed)).text, /You’ve been invited to create/);
  });

  it('creates an account for the invited address, whatever the form submits', async () => {
    const { email, link } = await anInvitation(app());
    const browser = app().browser();
    const page = await browser.open(link);
    const { fields } = page.form('register');
    const other = newAddress();
    const body = new URLSearchParams({ ...Object.fromEntries(fields), email: other, password });
    const headers = { cookie: browser.cookies.header(page.url), origin: app().issuer };

    await app().send(page.url, { method: 'POST', body, headers });

    const { users } = app().services;
    assert.equal(await users.findByEmailKey(other), undefined);
    assert.notEqual(await users.findByEmailKey(email), undefined);
  });

  it('is recorded in the audit log without the address', async () => {
    const { email, link } = await anInvitation(app());
    const page = await app().browser().open(link);
    await page.press('register', { password });
    const user = await app().services.users.findByEmailKey(email);
    const { knex } = app().services.db;

    const made = await knex('audit_events').where({ event: 'user.registered', user_id: user?.id });
    const [{ proof }] = made.map(({ details }) => details);
    const invited = await knex('audit_events')
      .where({ event: 'user.invited' })
      .whereRaw(`details ->> 'proof' = ?`, [proof]);

    assert.deepEqual([made.length, invited.length], [1, 1]);
    assert.equal(JSON.stringify([made, invited]).includes(email), false);
  });

  it('is accepted once when twenty requests use it at the same time', async () => {
    const { email, link } = await anInvitation(app());
    const pages = await Promise.all(Array.from({ length: 20 }, () => app().browser().open(link)));

    const ends = await Promise.all(pages.map((page) => page.press('register', { password })));

    const made = ends.filter(({ url }) => url.pathname === '/auth/account');
    assert.equal(made.length, 1);
    const where = { email_key: email };
    const rows: unknown[] = await app().services.db.knex('users').where(where);
    assert.equal(rows.length, 1);
  });

  it('reports invalid fields and remains valid', async () => {
    const { link } = await anInvitation(app());
    const page = await app().browser().open(link);

    const weak = await page.press('register', { name: 'Guest', password: 'a'.repeat(20) });
    const account = await weak.press('register', { password });

    assert.deepEqual([weak.status, weak.form('register').fields.get('name')], [422, 'Guest']);
    assert.equal(account.url.pathname, '/auth/account');
  });

  it('is invalidated by a newer invitation', async () => {
    const { email, link } = await anInvitation(app());
    await anInvitation(app(), email);

    assert.equal((await app().browser().open(link)).errorCode, 'expired');
  });

  it('is refused for an address that already has an account', async () => {
    const { email } = await app().createUser();
    const { invitations } = app().services;

    assert.deepEqual(await invitations.invite(email, undefined), {
      ok: false,
      email: 'email_taken',
    });
    assert.deepEqual(await mailsTo(app(), email), []);
  });

  it('is required for registration', async () => {
    const page = await app().browser().open('/auth/register');

    assert.equal(page.errorCode, 'registration_closed');
  });
});

it('invitation expires after one week', async (t) => {
  const clock = holdClock(t);
  const app = await startTestApp(t, { settings: invite });
  const { link } = await anInvitation(app);

  clock.advance(7 * 24 * 60 * 60 - 60);
  const early = await app.browser().open(link);
  clock.advance(60);
  const late = await app.browser().open(link);

  assert.deepEqual([early.has('register'), late.errorCode], [true, 'expired']);
});

for (const mode of ['required', 'later'] as const) {
  const settings = { EMAIL_VERIFICATION: mode, REGISTRATION_DOMAINS: 'allowed.example,b.example' };
  describeApp(`allowed mail domains for registration (${mode})`, { settings }, (app) => {
    it('are enforced for every registration, with an explanation', async () => {
      for (const [domain, status] of [
        ['allowed.example', 200],
        ['ALLOWED.example', 200],
        ['b.example', 200],
        ['sub.b.example', 422],
        ['notallowed.example', 422],
        ['allowed.example.evil.example', 422],
      ] as const) {
        const form = await app().browser().open('/auth/register');
        const email = newAddress(domain);
        const page = await form.press('register', { name: '', email, password });
        assert.equal(page.status, status, domain);
        if (status === 422) assert.match(page.text, /from this domain can’t be used/);
      }
    });
  });
}

describeApp('terms', { settings: { ...termsSettings, EMAIL_VERIFICATION: 'required' } }, (app) => {
  it('must be accepted at registration and are stored with version and time', async () => {
    const email = newAddress();
    const form = await app().browser().open('/auth/register');
    const refused = await form.press('register', { email, password, terms: '' });
    const page = await refused.press('register', { email, password });

    await page.press('verify', { code: codeIn(await newestMail(app(), email)) });

    assert.equal(refused.status, 422);
    assert.match(refused.text, /Accept the terms/);
    assert.match(form.html, /href="https:\/\/example\.com\/terms"/);
    assert.deepEqual(await termsOf(app(), email), ['2026-11', true]);
  });

  it('must be accepted again when the mailbox is verified in another browser', async () => {
    const email = newAddress();
    const form = await app().browser().open('/auth/register');
    await form.press('register', { email, password });
    const link = linkIn(await newestMail(app(), email), '/verify/link/');

    const page = await app().browser().open(link);
    const refused = await page.press('continue', { password, terms: '' });
    await refused.press('continue', { password });

    assert.equal(refused.status, 422);
    assert.deepEqual(await termsOf(app(), email), ['2026-11', true]);
  });

  it('must be accepted by an invited user', async () => {
    const { email, link } = await anInvitation(app());
    const page = await app().browser().open(link);

    const refused = await page.press('register', { password, terms: '' });
    await refused.press('register', { password });

    assert.equal(refused.status, 422);
    assert.deepEqual(await termsOf(app(), email), ['2026-11', true]);
  });
});
