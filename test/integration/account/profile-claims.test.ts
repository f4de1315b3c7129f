// The setting PROFILE_CLAIMS, and the language of the profile as the language of the pages.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp, type TestApp } from '#test/support/app.ts';
import type { StandardClaims } from '#core/users/users.ts';
import { aPicture, uploadPicture } from '#test/support/steps/pictures.ts';

const path = '/auth/account/profile';

async function signedIn(app: TestApp, claims: StandardClaims = {}) {
  const rp = await app.relyingParty();
  const person = await app.createUser({ claims });
  const { browser } = await rp.login(person);
  return { person, browser };
}

describeApp(
  'profile with PROFILE_CLAIMS',
  { settings: { PROFILE_CLAIMS: 'name:view,nickname,phone_number:view,locale' } },
  (app) => {
    it('shows only these claims, and fields only for those that users may change', async () => {
      const { browser } = await signedIn(app(), { name: 'Ann Example', gender: 'female' });
      const general = await browser.open(path);

      assert.match(general.text, /Ann Example/);
      assert.doesNotMatch(general.html, /name="name"|female|gender|birthdate|type="file"/);
      assert.equal(general.form('continue').fields.get('nickname'), '');
      assert.ok(general.has('part-contact') && general.has('part-region'));
      assert.equal(general.has('part-address'), false);
      assert.equal((await browser.open(`${path}/address`)).url.pathname, path);
      const contact = await browser.open(`${path}/contact`);
      assert.equal(contact.has('continue'), false);
    });

    it('refuses a change of other claims on the server, also by form and upload', async () => {
      const { person, browser } = await signedIn(app(), { name: 'Ann', gender: 'female' });
      const page = await browser.open(path);
      const body = new URLSearchParams([
        ...page.form('continue').fields,
        ['name', 'Mallory'],
        ['gender', 'male'],
        ['birthdate_year', '1990'],
      ]);
      body.set('nickname', 'Annie');
      const headers = {
        cookie: browser.cookies.header(new URL(app().issuer)),
        origin: app().issuer,
      };
      const post = (part: string) =>
        app().send(new URL(`${path}${part}`, app().issuer), { method: 'POST', body, headers });
      assert.equal((await post('')).status, 303);
      assert.equal((await post('/address')).status, 303);
      const upload = await uploadPicture(app(), browser, await aPicture());
      assert.equal(upload.status, 403);
      assert.equal((await post('/picture/remove')).status, 403);

      const user = await app().services.users.findById(person.id);
      assert.deepEqual(user?.claims, { name: 'Ann', gender: 'female', nickname: 'Annie' });
      assert.ok(user);
      const session = { ...user, sessionUid: 'none' };
      await assert.rejects(
        app().services.profile.change(session, { name: 'Mallory' }),
        /name can only be changed by an operator/,
      );
      await app().services.userAdministration.update(
        person.id,
        { claims: { name: 'Ann B.' }, email: undefined, isVerified: false },
        { kind: 'operator' },
      );
      assert.equal((await app().services.users.findById(person.id))?.claims.name, 'Ann B.');
    });
  },
);

describeApp('profile with PROFILE_CLAIMS=none', { settings: { PROFILE_CLAIMS: 'none' } }, (app) => {
  it('does not exist', async () => {
    const { browser } = await signedIn(app(), { name: 'Ann' });

    assert.equal((await browser.open(path)).status, 404);
    assert.doesNotMatch((await browser.open('/auth/account')).html, /account\/profile/);
  });
});

describeApp('language of the profile', {}, (app) => {
  it('is that of the account pages at once, and of all pages in this browser', async () => {
    const { person, browser } = await signedIn(app());
    const page = await browser.open(`${path}/region`);

    const saved = await page.press('continue', { locale: 'de-AT' });

    assert.equal(saved.language, 'de');
    const english = { 'accept-language': 'en' };
    assert.equal((await browser.open('/auth/account', english)).language, 'de');
    const other = app().browser();
    const start = await other.open('/auth/sign-in', english);
    const { email: login, password } = person;
    await start.press('sign-in', { login, password });
    assert.equal((await other.open('/auth/account', english)).language, 'de', 'by the profile');
    await (await browser.open(`${path}/region`)).press('continue', { locale: 'fr' });
    await app().block(person.id);
    assert.equal((await browser.open('/auth/sign-in', english)).language, 'fr', 'signed out');
    const elsewhere = await app().browser().open('/auth/sign-in', english);
    assert.equal(elsewhere.language, 'en');
  });

  it('gives way to the switcher, and no longer applies when it is removed', async () => {
    const { browser } = await signedIn(app(), { locale: 'de' });
    const page = await browser.open('/auth/account');
    assert.equal(page.language, 'de');

    const switched = await page.press('language-it');

    assert.equal(switched.language, 'it');
    const region = await browser.open(`${path}/region`);
    assert.equal(region.language, 'it');
    assert.equal(region.form('continue').fields.get('locale'), 'de', 'the profile keeps its value');
    assert.equal((await region.press('continue', { locale: '' })).language, 'en');
  });
});
