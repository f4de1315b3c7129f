import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp, describeOnEachArrangement } from '#test/support/app.ts';

const path = '/auth/account/profile';

describeOnEachArrangement('the profile page', (app) => {
  it('sets the claims that clients receive and records their names in the audit log', async () => {
    const rp = await app().relyingParty();
    const person = await app().createUser({
      claims: { name: 'Ann Example', phone_number: '+49 30 1' },
    });
    const login = await rp.login(person, { scope: 'openid profile phone address' });
    const page = await login.browser.open(path);

    const done = await page.press('continue', {
      name: 'Ann B. Example',
      birthdate: '1987-05-23',
      zoneinfo: 'Europe/Berlin',
      locality: 'Köln',
      phone_number: '+49 30 1234567',
    });

    assert.equal(done.url.pathname, '/auth/account', done.text);
    const claims = await rp.userinfo(login);
    assert.equal(claims.name, 'Ann B. Example');
    assert.equal(claims.birthdate, '1987-05-23');
    assert.equal(claims['zoneinfo'], 'Europe/Berlin');
    assert.deepEqual(claims.address, { locality: 'Köln' });
    assert.equal(claims.phone_number_verified ?? false, false);
    const [entry] = await app()
      .services.db.knex('audit_events')
      .where({ event: 'profile.changed', user_id: person.id });
    assert.deepEqual(entry.details.members.toSorted(), [
      'address',
      'birthdate',
      'name',
      'phone_number',
      'zoneinfo',
    ]);
  });
});

describeApp('input of the profile page', {}, (app) => {
  it('reports a problem for each invalid field and keeps the submitted values', async () => {
    const rp = await app().relyingParty();
    const { browser } = await rp.login(await app().createUser());
    const page = await browser.open(path);

    const refused = await page.press('continue', {
      nickname: 'Annie',
      birthdate: 'in May',
      website: 'javascript:alert(1)',
      country: 'x'.repeat(200),
    });

    assert.equal(refused.status, 422);
    const problems = [...refused.html.matchAll(/id="(\w+)-problem"/g)].map(([, name]) => name);
    assert.deepEqual(problems, ['birthdate', 'website', 'country']);
    assert.equal(refused.form('nickname').fields.get('nickname'), 'Annie');
    assert.equal((await browser.open(path)).form('nickname').fields.get('nickname'), '');
  });

  it('cannot set email_verified, phone_number_verified, sub or roles', async () => {
    const rp = await app().relyingParty();
    const person = await app().createUser({ emailVerified: false });
    const login = await rp.login(person, { scope: 'openid email phone' });
    const page = await login.browser.open(path);
    const body = new URLSearchParams([
      ...page.form('continue').fields,
      ['email_verified', 'true'],
      ['phone_number_verified', 'true'],
      ['sub', 'admin'],
      ['roles', 'admin'],
      ['phone_number', '+49 30 1234567'],
    ]);
    body.delete('phone_number');
    body.append('phone_number', '+49 30 1234567');

    const answer = await app().send(new URL(path, app().issuer), {
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
    assert.deepEqual(
      [claims.email_verified, claims.phone_number_verified ?? false],
      [false, false],
    );
  });
});
