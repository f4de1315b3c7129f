// Password reset: the same response for every address, a new password by code or link, revocation
// of all other sessions and tokens, and no information about blocks.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp, describeOnEachArrangement, type TestApp } from '#test/support/app.ts';
import type { Browser, Page } from '#test/support/actors/cookie-browser.ts';
import { assertInvalidGrant, inactive, offline } from '#test/support/data/outcomes.ts';
import type { Person } from '#test/support/actors/relying-party.ts';
import { codeIn, linkIn, newestMail, otherThan } from '#test/support/steps/mailbox.ts';

const chosen = 'harbor pencil violet thunder';

async function ask(browser: Browser, email: string): Promise<Page> {
  const page = await browser.open('/auth/recover');
  return page.press('recover', { email });
}

/** A user who has requested and received an email. */
async function aForgetful(app: TestApp, facts = {}) {
  const person = await app.createUser(facts);
  const browser = app.browser();
  const page = await ask(browser, person.email);
  const mail = await newestMail(app, person.email);
  return { person, browser, page, code: codeIn(mail), link: linkIn(mail, '/recover/link/') };
}

async function trySignIn(app: TestApp, { email }: Person, password: string, browser?: Browser) {
  const form = await (browser ?? app.browser()).open('/auth/sign-in');
  return form.press('sign-in', { login: email, password });
}

async function canSignIn(app: TestApp, person: Person, password: string): Promise<boolean> {
  return (await trySignIn(app, person, password)).url.pathname === '/auth/account';
}

async function eventsOf({ services }: TestApp, event: string, { id }: Person) {
  const rows: unknown[] = await services.db.knex('audit_events').where({ event, user_id: id });
  return rows.length;
}

describeOnEachArrangement('forgotten password', (app) => {
  it('can be replaced with the code, and the user can then sign in', async () => {
    const { person, page, code } = await aForgetful(app());

    const choose = await page.press('verify', { code });
    const signIn = await choose.press('continue', { password: chosen });

    assert.deepEqual([signIn.url.pathname, signIn.has('sign-in')], ['/auth/sign-in', true]);
    assert.match(signIn.text, /new password is set/);
    assert.equal(await canSignIn(app(), person, chosen), true);
    assert.equal(await canSignIn(app(), person, person.password), false);
    assert.equal(await eventsOf(app(), 'password.reset', person), 1);
    const user = await app().services.users.findById(person.id);
    assert.equal(user?.emailVerified, true);
  });

  it('can be replaced with the link once, in any browser', async () => {
    const { person, link } = await aForgetful(app());
    const choose = await app().browser().open(link);

    const done = await choose.press('continue', { password: chosen });
    const again = await choose.press('continue', { password: 'timber lagoon velvet compass' });
    const opened = await app().browser().open(link);

    assert.equal(done.url.pathname, '/auth/sign-in');
    assert.deepEqual([again.errorCode, opened.errorCode], ['expired', 'expired']);
    assert.equal(await canSignIn(app(), person, chosen), true);
  });

  it('is replaced once when twenty requests submit the link at the same time', async () => {
    const { person, link } = await aForgetful(app());
    const pages = await Promise.all(Array.from({ length: 20 }, () => app().browser().open(link)));

    const ends = await Promise.all(
      pages.map((page, turn) => page.press('continue', { password: `${chosen} ${turn}` })),
    );

    const done = ends.filter(({ url }) => url.pathname === '/auth/sign-in');
    assert.equal(done.length, 1);
    assert.ok(ends.every((end) => done.includes(end) || end.errorCode === 'expired'));
    assert.equal(await eventsOf(app(), 'password.reset', person), 1);
  });

  it('ends every session, grant and refresh token of the user when it is replaced', async () => {
    const person = await app().createUser();
    const rp = await app().relyingParty();
    const login = await rp.login(person, offline);
    const page = await ask(app().browser(), person.email);
    const choose = await page.press('verify', {
      code: codeIn(await newestMail(app(), person.email)),
    });

    await choose.press('continue', { password: chosen });

    assertInvalidGrant(await rp.tryRefresh(login.refreshToken));
    assert.equal((await rp.introspect(login.accessToken)).text, inactive);
    const account = await login.browser.open('/auth/account');
    assert.equal(account.url.pathname, '/auth/sign-in');
    const mail = await newestMail(app(), person.email);
    assert.match(mail.subject, /password was changed/);
  });
});

describeApp('password reset', {}, (app) => {
  it('returns to the client from which the user came', async () => {
    const person = await app().createUser();
    const rp = await app().relyingParty({ first_party: true });
    const pending = await rp.request();
    const browser = app().browser();
    const signIn = await browser.open(pending.url);
    const [, href = ''] = /href="([^"]*\/recover)"/.exec(signIn.html) ?? [];

    const page = await (await browser.open(href)).press('recover', { email: person.email });
    const choose = await page.press('verify', {
      code: codeIn(await newestMail(app(), person.email)),
    });
    const again = await choose.press('continue', { password: chosen });
    const back = await again.press('sign-in', { login: person.email, password: chosen });

    assert.match(again.text, /new password is set/);
    const login = await rp.exchange(rp.receive(back, pending));
    assert.equal(login.claims['sub'], person.id);
  });

  it('applies the same password rules as registration', async () => {
    const { person, link } = await aForgetful(app());
    const choose = await app().browser().open(link);

    for (const weak of ['short', 'a'.repeat(20), person.email]) {
      const refused = await choose.press('continue', { password: weak });
      assert.deepEqual([refused.status, refused.has('continue')], [422, true]);
    }
    assert.equal(await canSignIn(app(), person, person.password), true);
  });

  it('does not show the password page without the code', async () => {
    const { person, browser, page } = await aForgetful(app());

    const early = await browser.open('/auth/recover/password');
    const { fields } = page.form('verify');
    const body = new URLSearchParams({ ...Object.fromEntries(fields), password: chosen });
    const headers = { cookie: browser.cookies.header(page.url), origin: app().issuer };
    const forced = await app().send(`${app().issuer}/auth/recover/password`, {
      method: 'POST',
      body,
      headers,
    });

    assert.equal(early.has('verify'), true);
    assert.equal(forced.status, 400);
    assert.equal(await canSignIn(app(), person, person.password), true);
  });

  it('accepts the code only in the browser that requested it', async () => {
    const { person, page, code } = await aForgetful(app());
    const attacker = await ask(app().browser(), 'attacker@example.com');

    const proof = page.form('verify').fields.get('proof') ?? '';
    const stolen = await attacker.press('verify', { code, proof });

    assert.equal(stolen.status, 422);
    assert.equal(await canSignIn(app(), person, person.password), true);
  });

  it('rejects the code after five wrong attempts and still accepts the link', async () => {
    const { page, code, link } = await aForgetful(app());

    let shown = page;
    for (let turn = 0; turn < 5; turn += 1) {
      shown = await shown.press('verify', { code: otherThan(code) });
    }
    const late = await shown.press('verify', { code });

    assert.match(late.text, /no longer valid/);
    assert.equal((await app().browser().open(link)).has('continue'), true);
  });

  it('is invalidated by a newer email and by a password change', async () => {
    const { person, browser, link } = await aForgetful(app());
    const newer = await ask(browser, person.email);
    const mail = await newestMail(app(), person.email);

    const old = await app().browser().open(link);
    const choose = await newer.press('verify', { code: codeIn(mail) });
    await choose.press('continue', { password: chosen });
    const spent = await app().browser().open(linkIn(mail, '/recover/link/'));

    assert.deepEqual([old.errorCode, spent.errorCode], ['expired', 'expired']);
  });

  it('invalidates other email tokens of the user', async () => {
    const { person, link } = await aForgetful(app());
    const user = await app().services.users.findById(person.id);
    assert.ok(user);
    const where = { address: '127.0.0.1', locale: 'en' };
    await app().services.verification.askAgain(user, where);
    const other = linkIn(await newestMail(app(), person.email), '/verify/link/');

    await (await app().browser().open(link)).press('continue', { password: chosen });

    assert.equal((await app().browser().open(other)).errorCode, 'expired');
  });

  it('refuses a cross-site form', async () => {
    const { link } = await aForgetful(app());

    for (const path of ['/auth/recover', '/auth/recover/code', new URL(link).pathname]) {
      const body = new URLSearchParams({
        form_token: 'x',
        email: 'a@example.com',
        password: chosen,
      });
      const answer = await app().send(`${app().issuer}${path}`, { method: 'POST', body });
      assert.ok([400, 403].includes(answer.status), path);
    }
  });

  it('sends the email in the language of the user', async () => {
    const { person } = await aForgetful(app(), { claims: { locale: 'de' } });

    assert.match((await newestMail(app(), person.email)).subject, /neues Passwort/);
  });

  it('uses the configured URL in the email, whatever the request headers contain', async () => {
    const person = await app().createUser();
    const browser = app().browser();
    const page = await browser.open('/auth/recover');
    const { fields } = page.form('recover');
    const body = new URLSearchParams({ ...Object.fromEntries(fields), email: person.email });
    const cookie = browser.cookies.header(page.url);
    const common = { cookie, origin: app().issuer };
    const forged = { 'x-forwarded-host': 'evil.example', forwarded: 'host=evil.example' };

    await app().send(page.url, { method: 'POST', body, headers: { ...common, ...forged } });

    const { text, html } = await newestMail(app(), person.email);
    assert.doesNotMatch(text + html, /evil/);
    assert.ok((text.match(/https?:\/\/\S+/g) ?? []).every((link) => link.startsWith(app().issuer)));
  });
});
