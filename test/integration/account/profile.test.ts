import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp, describeOnEachArrangement, type TestApp } from '#test/support/app.ts';
import type { StandardClaims } from '#core/users/users.ts';

const path = '/auth/account/profile';

async function signedIn(app: TestApp, claims: StandardClaims = {}) {
  const rp = await app.relyingParty();
  const person = await app.createUser({ claims });
  const { browser } = await rp.login(person);
  return { person, browser };
}

describeOnEachArrangement('the profile page', (app) => {
  it('sets the claims that clients receive and records their names in the audit log', async () => {
    const rp = await app().relyingParty();
    const person = await app().createUser({
      claims: { name: 'Ann Example', phone_number: '+49 30 1', phone_number_verified: true },
    });
    const login = await rp.login(person, { scope: 'openid profile phone address' });
    const { browser } = login;
    const press = async (part: string, fields: Readonly<Record<string, string>>) =>
      (await browser.open(`${path}${part}`)).press('continue', fields);

    const done = await press('', {
      name: 'Ann B. Example',
      birthdate_day: '23',
      birthdate_month: '05',
      birthdate_year: '1987',
    });
    await press('/contact', { phone_country: 'Germany +49', phone_number: '030 1234567' });
    await press('/address', { locality: 'Köln', country: 'Germany' });
    await press('/region', { zoneinfo: 'berlin' });

    assert.equal(done.url.pathname, path, done.text);
    assert.ok(done.has('notice'));
    const claims = await rp.userinfo(login);
    assert.equal(claims.name, 'Ann B. Example');
    assert.equal(claims.birthdate, '1987-05-23');
    assert.equal(claims['zoneinfo'], 'Europe/Berlin');
    assert.deepEqual(claims.address, { locality: 'Köln', country: 'Germany' });
    assert.equal(claims.phone_number, '+49 30 1234567');
    assert.equal(claims.phone_number_verified ?? false, false);
    const entries = await app()
      .services.db.knex('audit_events')
      .where({ event: 'profile.changed', user_id: person.id })
      .orderBy(['at', 'id']);
    assert.deepEqual(
      entries.map(({ details }) => details.members.toSorted()),
      [['birthdate', 'name'], ['phone_number', 'phone_number_verified'], ['address'], ['zoneinfo']],
    );
  });
});

describeApp('input of the profile page', {}, (app) => {
  it('reports a problem for each invalid field and keeps the submitted values', async () => {
    const { browser } = await signedIn(app());
    const cases: readonly (readonly [string, Record<string, string>, readonly string[]])[] = [
      ['', { nickname: 'Annie', birthdate_day: '31', birthdate_month: '02' }, ['birthdate']],
      ['', { nickname: 'x'.repeat(200), birthdate_year: '2999' }, ['nickname', 'birthdate']],
      ['/contact', { website: 'javascript:alert(1)' }, ['website']],
      ['/contact', { phone_number: '030 123' }, ['phone_number']],
      ['/address', { locality: 'x'.repeat(200), country: 'Atlantis' }, ['locality', 'country']],
      ['/region', { zoneinfo: 'Nowhere', locale: '!' }, ['locale', 'zoneinfo']],
    ];
    for (const [part, fields, expected] of cases) {
      const page = await browser.open(`${path}${part}`);

      const refused = await page.press('continue', fields);

      assert.equal(refused.status, 422, part);
      const problems = [...refused.html.matchAll(/id="(\w+)-problem"/g)].map(([, name]) => name);
      assert.deepEqual(problems, expected);
      for (const [name, value] of Object.entries(fields)) {
        assert.equal(refused.form('continue').fields.get(name), value, name);
      }
    }
    assert.equal((await browser.open(path)).form('nickname').fields.get('nickname'), '');
  });

  for (const [birthdate, day, month, year] of [
    ['1987', '', '', '1987'],
    ['1987-05-23', '23', '05', '1987'],
    ['0000-05-03', '3', '05', ''],
    [undefined, '', '', ''],
  ] as const) {
    it(`accepts ${birthdate ?? 'nothing'} as a birthdate, and shows it again`, async () => {
      const { person, browser } = await signedIn(app());
      const fields = { birthdate_day: day, birthdate_month: month, birthdate_year: year };

      const saved = await (await browser.open(path)).press('continue', fields);

      assert.equal((await app().services.users.findById(person.id))?.claims.birthdate, birthdate);
      for (const [name, value] of Object.entries(fields)) {
        assert.equal(saved.form('continue').fields.get(name), value);
      }
    });
  }

  it('keeps what a page does not show, and a value in another spelling', async () => {
    const { person, browser } = await signedIn(app(), {
      name: 'Ann',
      phone_number: '+1 876 555-1234',
      phone_number_verified: true,
      address: { formatted: 'Somewhere\nDE', country: 'DEUTSCHLAND' },
      locale: 'de-AT',
    });
    for (const part of ['', '/contact', '/address', '/region']) {
      const saved = await (await browser.open(`${path}${part}`)).press('continue');
      assert.equal(saved.status, 200, part);
    }

    const user = await app().services.users.findById(person.id);
    assert.deepEqual(user?.claims, {
      name: 'Ann',
      phone_number: '+1 876 555-1234',
      phone_number_verified: true,
      address: { formatted: 'Somewhere\nDE', country: 'DEUTSCHLAND' },
      locale: 'de-AT',
    });
  });

  it('keeps what another page saved meanwhile', async () => {
    const { person, browser } = await signedIn(app());
    const first = await browser.open(path);
    const second = await browser.open(`${path}/region`);

    await first.press('continue', { name: 'Ann' });
    await second.press('continue', { zoneinfo: 'Europe/Paris' });

    const user = await app().services.users.findById(person.id);
    assert.deepEqual(user?.claims, { name: 'Ann', zoneinfo: 'Europe/Paris' });
  });

  it('cannot set email_verified, phone_number_verified, sub or roles', async () => {
    const rp = await app().relyingParty();
    const person = await app().createUser({ emailVerified: false });
    const login = await rp.login(person, { scope: 'openid email phone' });
    const page = await login.browser.open(`${path}/contact`);
    const body = new URLSearchParams([
      ...page.form('continue').fields,
      ['email_verified', 'true'],
      ['phone_number_verified', 'true'],
      ['sub', 'admin'],
      ['roles', 'admin'],
      ['name', 'Mallory'],
    ]);
    body.delete('phone_number');
    body.append('phone_number', '+49 30 1234567');

    const answer = await app().send(new URL(`${path}/contact`, app().issuer), {
      method: 'POST',
      body,
      headers: {
        cookie: login.browser.cookies.header(new URL(app().issuer)),
        origin: app().issuer,
      },
    });

    assert.equal(answer.status, 303);
    const claims = await rp.userinfo(login);
    assert.equal(claims.sub, person.id);
    assert.equal((await app().services.users.findById(person.id))?.claims.name, undefined);
    assert.deepEqual(
      [claims.email_verified, claims.phone_number_verified ?? false],
      [false, false],
    );
  });
});
