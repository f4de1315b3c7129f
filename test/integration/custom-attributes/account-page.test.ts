// The account page on which users view and edit their custom attributes.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp, describeOnEachArrangement, type TestApp } from '#test/support/app.ts';
import { declared } from '#test/support/data/custom-attributes.ts';

const path = '/auth/account/details/shipping';

async function signedIn(app: TestApp) {
  const rp = await app.relyingParty();
  const person = await app.createUser();
  const { browser } = await rp.login(person);
  return { person, browser };
}

async function kept(app: TestApp, userId: string, namespace = 'shipping') {
  return app.services.supplements.get(userId, namespace);
}

const typed = {
  'f.name': 'Ann Example',
  'f.size': 'small',
  'f.floor': '-2',
  'f.mail': 'ann@example.org',
  'f.quiet': 'yes',
  'f.days.1': 'yes',
  'f.notes': 'one\r\n\r\n two ',
  'f.address.city': 'Köln',
};

describeOnEachArrangement(
  'page of an editable namespace',
  (app) => {
    it('stores the values according to the schema and shows them again', async () => {
      const { person, browser } = await signedIn(app());
      const account = await browser.open('/auth/account');
      assert.match(account.html, /href="[^"]*\/auth\/account\/details\/shipping">Shipping</);

      const done = await (await browser.open(path)).press('save', typed);

      assert.equal(done.url.pathname, '/auth/account', done.text);
      const found = await kept(app(), person.id);
      assert.deepEqual(found?.value, {
        name: 'Ann Example',
        size: 'small',
        floor: -2,
        mail: 'ann@example.org',
        quiet: true,
        days: ['tuesday'],
        notes: ['one', 'two'],
        address: { city: 'Köln' },
      });
      assert.equal(found?.updatedBy, `user ${person.id}`);
      const page = await browser.open(path);
      const { fields } = page.form('save');
      assert.equal(fields.get('f.notes'), 'one\ntwo');
      assert.equal(fields.get('f.size'), 'small');
      assert.equal(fields.get('f.days.1'), 'yes');
      assert.equal(fields.get('f.days.0'), '');
      const cleared = await page.press('save', { 'f.quiet': '', 'f.floor': '', 'f.notes': '' });
      assert.equal(cleared.url.pathname, '/auth/account', cleared.text);
      const after = await kept(app(), person.id);
      assert.equal(after?.value['quiet'], false);
      assert.equal(after?.value['notes'], undefined);
      assert.equal(after?.version, 2);
    });

    it('shows both versions after a concurrent change and loses neither', async () => {
      const { person, browser } = await signedIn(app());
      const first = await browser.open(path);
      const second = await browser.open(path);
      await first.press('save', { 'f.name': 'First Tab' });

      const stale = await second.press('save', { 'f.name': 'Second Tab' });

      assert.equal(stale.status, 409);
      assert.ok(stale.has('stale'));
      assert.equal(stale.form('save').fields.get('f.name'), 'Second Tab');
      assert.match(stale.text, /Current values Name on the parcel First Tab/);
      await stale.press('save');
      assert.equal((await kept(app(), person.id))?.value['name'], 'Second Tab');
    });
  },
  declared,
);

describeApp('custom attributes on the account pages', { settings: declared }, (app) => {
  it('reports each invalid field and keeps all values entered', async () => {
    const { person, browser } = await signedIn(app());

    const refused = await (
      await browser.open(path)
    ).press('save', {
      'f.name': 'A',
      'f.size': 'huge',
      'f.floor': '1.5',
      'f.mail': 'nobody',
      'f.notes': 'a\nb\nc',
      'f.address.street': 'Main Street 1',
    });

    assert.equal(refused.status, 422);
    const problems = [...refused.html.matchAll(/id="(f[\w.]+)-problem"/g)].map(([, id]) => id);
    assert.deepEqual(problems, [
      'f.name',
      'f.size',
      'f.floor',
      'f.mail',
      'f.notes',
      'f.address.city',
    ]);
    assert.match(refused.text, /minimum number of characters is 2/);
    assert.match(refused.text, /Enter a whole number/);
    assert.match(refused.text, /at most 2/);
    assert.equal(refused.form('save').fields.get('f.floor'), '1.5');
    assert.equal(await kept(app(), person.id), undefined);
  });

  it('escapes values and uses the language of the user', async () => {
    const { browser } = await signedIn(app());
    const page = await browser.open(path, { 'accept-language': 'de' });
    assert.equal(page.heading, 'Versand');
    assert.match(page.text, /Anschrift/);

    await page.press('save', { 'f.name': '<b>"&\'' });

    assert.ok((await browser.open(path)).html.includes('value="&lt;b&gt;&#34;&amp;&#39;"'));
  });

  it('are read-only where the configuration says so', async () => {
    const { person, browser } = await signedIn(app());
    const wish = { userId: person.id, namespace: 'tier', expected: 0 } as const;
    const actor = { kind: 'operator' } as const;
    await app().services.supplements.save({ ...wish, actor }, { level: 'gold' });

    const page = await browser.open('/auth/account/details/tier');

    assert.match(page.text, /Level gold/);
    assert.equal(page.has('save'), false);
    const form = (await browser.open(path)).form('save');
    const answer = await app().send(new URL('/auth/account/details/tier', app().issuer), {
      method: 'POST',
      body: new URLSearchParams([...form.fields]),
      headers: { cookie: browser.cookies.header(new URL(app().issuer)), origin: app().issuer },
    });
    assert.equal(answer.status, 403);
  });

  it('are hidden where the configuration gives users no access', async () => {
    const { browser } = await signedIn(app());

    for (const namespace of ['fraud-score', 'nothing', '__proto__', 'constructor']) {
      assert.equal((await browser.open(`/auth/account/details/${namespace}`)).status, 404);
    }
    assert.equal((await browser.open('/auth/account')).text.includes('Score'), false);
    assert.ok((await app().browser().open(path)).has('sign-in'));
  });

  it('are included in the data export and deleted with the account', async () => {
    const { person, browser } = await signedIn(app());
    await (await browser.open(path)).press('save', { 'f.name': 'Ann' });
    const { exports, exportWriter, deletion } = app().services;
    const user = await app().services.users.findById(person.id);
    assert.ok(user);
    await exports.request(user);
    await exportWriter.makeDue();

    let text = '';
    for await (const bytes of (await exports.fetch(user)) ?? []) text += bytes.toString();

    assert.deepEqual(JSON.parse(text).data.supplements[0].value, { name: 'Ann' });
    await deletion.deleteNow(user, { kind: 'operator' });
    const { knex } = app().services.db;
    assert.deepEqual(await knex('user_supplements').where({ user_id: person.id }), []);
  });
});
