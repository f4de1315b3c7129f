// Registration, during an authorization request and on its own.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp, describeOnEachArrangement } from '#test/support/app.ts';
import { atOnce } from '#test/support/data/outcomes.ts';

const password = 'lantern copper walnut drizzle';

describeOnEachArrangement('registration during an authorization request', (app) => {
  it('continues to the client with the user signed in', async () => {
    const rp = await app().relyingParty();
    const pending = await rp.request({ scope: 'openid email profile' });
    const browser = app().browser();
    const signIn = await browser.open(pending.url);
    const email = 'new@example.com';

    const form = await browser.open(registerHref(signIn.html));
    const consent = await form.press('register', { name: 'New Person', email, password });
    const back = await consent.press('allow');

    const login = await rp.exchange(rp.receive(back, pending));
    const shown = await rp.userinfo(login);
    assert.deepEqual(
      [shown['name'], shown['email'], shown['email_verified']],
      ['New Person', email, false],
    );
    const again = await rp.login({ id: '', email, password });
    assert.equal(again.claims['sub'], login.claims['sub']);
  });
});

describeApp('registration outside an authorization request', {}, (app) => {
  it('is not offered to a user who is signed in', async () => {
    const { browser } = await (await app().relyingParty()).login(await app().createUser());

    const page = await browser.open('/auth/register');

    assert.equal(page.url.pathname, '/auth/account');
  });

  it('signs the user in to the account pages and to clients', async () => {
    const browser = app().browser();
    const form = await browser.open('/auth/register');

    const account = await form.press('register', {
      name: '',
      email: 'alone@example.com',
      password,
    });

    assert.deepEqual([account.status, account.url.pathname], [200, '/auth/account']);
    assert.match(account.text, /alone@example\.com/);
    const rp = await app().relyingParty({ first_party: true });
    const page = await browser.open((await rp.request({ prompt: 'none' })).url);
    assert.equal(page.url.searchParams.has('code'), true, page.url.href);
  });

  it('reports invalid fields and keeps the values entered', async () => {
    const form = await app().browser().open('/auth/register');

    const again = await form.press('register', {
      name: 'N',
      email: 'no address',
      password: 'short',
    });

    assert.equal(again.status, 422);
    assert.ok(again.text.includes('Enter a valid email address'), again.text);
    assert.ok(again.text.includes('Use at least 15 characters.'), again.text);
    const { fields } = again.form('register');
    assert.deepEqual(
      [fields.get('name'), fields.get('email'), fields.get('password')],
      ['N', 'no address', ''],
    );
  });

  for (const [name, weak] of [
    ['one repeated letter', 'a'.repeat(20)],
    ['the address', 'weak@example.com'],
    ['a common password', 'passwordpassword'],
  ] as const) {
    it(`rejects a weak password: ${name}`, async () => {
      const form = await app().browser().open('/auth/register');

      const again = await form.press('register', {
        name: '',
        email: 'weak@example.com',
        password: weak,
      });

      assert.equal(again.status, 422, again.text);
      assert.match(again.html, /id="password-problem"/);
    });
  }

  it('compares every character of a long password (NIST SP 800-63B)', async () => {
    const rp = await app().relyingParty({ first_party: true });
    const long = `${'many words make a long password, '.repeat(6)}and this is the end`;
    const form = await app().browser().open('/auth/register');
    await form.press('register', { name: '', email: 'long@example.com', password: long });
    const person = { id: '', email: 'long@example.com', password: long };
    const { url } = await rp.request();

    const other = await rp.passPages(await app().browser().open(url), {
      ...person,
      password: `${long.slice(0, -1)}X`,
    });

    assert.equal(other.status, 422);
    assert.notEqual((await rp.login(person)).accessToken, '');
  });

  it('accepts emoji and white space without changes', async () => {
    const rp = await app().relyingParty({ first_party: true });
    const odd = ' 😀😁😂🤣😃😄😅😆😉😊😋😎😍😘🥰 ';
    const form = await app().browser().open('/auth/register');
    const account = await form.press('register', {
      name: '',
      email: 'odd@example.com',
      password: odd,
    });
    assert.equal(account.status, 200, account.text);

    const login = await rp.login({ id: '', email: 'odd@example.com', password: odd });

    assert.notEqual(login.accessToken, '');
  });

  it('ignores fields that are not part of the form', async () => {
    const browser = app().browser();
    const { action, fields } = (await browser.open('/auth/register')).form('register');
    const url = new URL(action, app().issuer);
    const body = new URLSearchParams({
      ...Object.fromEntries(fields),
      email: 'more@example.com',
      password,
      email_verified: 'true',
      role: 'admin',
      roles: 'admin',
      id: '00000000-0000-4000-8000-000000000000',
      sub: 'x',
      blocked: 'false',
    });
    const headers = { cookie: browser.cookies.header(url), origin: app().issuer };

    await app().send(url, { method: 'POST', body, headers });

    const user = await app().services.users.findByEmailKey('more@example.com');
    assert.deepEqual([user?.emailVerified, user?.roles], [false, []]);
    assert.notEqual(user?.id, '00000000-0000-4000-8000-000000000000');
  });
});

describeOnEachArrangement('uniqueness of an email address', (app) => {
  it('is enforced for every spelling of the address', async () => {
    const person = await app().createUser({ email: 'twice@example.com' });

    for (const email of [person.email, 'TWICE@example.com', 'ｔｗｉｃｅ@example.com']) {
      const form = await app().browser().open('/auth/register');
      const again = await form.press('register', { name: '', email, password });
      assert.equal(again.status, 422, email);
    }
  });

  it('is enforced when twenty requests register at the same time', async () => {
    const browsers = await atOnce(async () => app().browser().open('/auth/register'));

    const pages = await Promise.all(
      browsers.map((form) =>
        form.press('register', { name: '', email: 'race@example.com', password }),
      ),
    );

    const statuses = pages.map(({ status }) => status).toSorted((a, b) => a - b);
    assert.deepEqual(statuses, [200, ...Array<number>(19).fill(422)]);
  });
});

describeApp('disabled registration', { settings: { REGISTRATION: 'closed' } }, (app) => {
  it('shows no link to registration and refuses a direct request', async () => {
    const rp = await app().relyingParty();
    const browser = app().browser();
    const signIn = await browser.open((await rp.request()).url);

    const alone = await browser.open('/auth/register');
    const there = await browser.open(`${signIn.url.href}/register`);

    assert.doesNotMatch(signIn.html, /register/);
    for (const page of [alone, there]) {
      assert.deepEqual([page.status, page.errorCode], [403, 'registration_closed']);
    }
  });

  it('refuses a form submitted by hand', async () => {
    const rp = await app().relyingParty();
    const browser = app().browser();
    const page = await browser.open((await rp.request()).url);
    const form_token = page.form('sign-in').fields.get('form_token') ?? '';
    const url = new URL(`${page.url.pathname}/register`, app().issuer);
    const body = new URLSearchParams({ form_token, email: 'closed@example.com', password });
    const headers = { cookie: browser.cookies.header(url), origin: app().issuer };

    const answer = await app().send(url, { method: 'POST', body, headers });

    assert.equal(answer.status, 403);
    const { users } = app().services;
    assert.equal(await users.findByEmailKey('closed@example.com'), undefined);
  });
});

function registerHref(html: string): string {
  const [, href = ''] = /href="([^"]*\/register)"/.exec(html) ?? [];
  return href;
}
