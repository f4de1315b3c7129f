// Custom attributes as claims: requested by scope, described on the consent page, returned by the
// userinfo endpoint.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp, describeOnEachArrangement, type TestApp } from '#test/support/app.ts';
import type { Person } from '#test/support/actors/relying-party.ts';
import { declared } from '#test/support/data/custom-attributes.ts';

async function keep(app: TestApp, { id }: Pick<Person, 'id'>, namespace: string, value: object) {
  const actor = { kind: 'operator' } as const;
  const wish = { userId: id, namespace, actor, expected: 0 };
  assert.equal((await app.services.supplements.save(wish, value)).ok, true);
}

describeOnEachArrangement(
  'claims from custom attributes',
  (app) => {
    it('are returned by userinfo only to a client with the scope', async () => {
      const person = await app().createUser();
      await keep(app(), person, 'shipping', { name: 'Ann', address: { city: 'Köln' } });
      await keep(app(), person, 'tier', { level: 'gold' });
      const rp = await app().relyingParty();

      const login = await rp.login(person, { scope: 'openid shipping' });
      const claims = await rp.userinfo(login);

      assert.equal(claims['parcel_name'], 'Ann');
      assert.equal(claims['parcel_city'], 'Köln');
      assert.equal(claims['membership'], undefined);
      assert.equal(login.claims['parcel_name'], undefined);
      const plain = await rp.login(person, { scope: 'openid' });
      assert.equal((await rp.userinfo(plain))['parcel_name'], undefined);
    });

    it('cost one SQL statement when a scope requests them and none otherwise', async () => {
      const person = await app().createUser();
      await keep(app(), person, 'shipping', { name: 'Ann' });
      await keep(app(), person, 'tier', { level: 'gold' });
      const rp = await app().relyingParty();
      const { db } = app().services;
      const cost = async (scope: string) => {
        const login = await rp.login(person, { scope });
        await rp.userinfo(login);
        const before = db.statements();
        await rp.userinfo(login);
        return db.statements() - before;
      };

      const plain = await cost('openid');

      assert.equal(await cost('openid shipping membership'), plain + 1);
    });
  },
  declared,
);

describeApp('client that requests custom attributes', { settings: declared }, (app) => {
  it('finds the scopes and claims in discovery', async () => {
    const url = new URL('/.well-known/openid-configuration', app().issuer);
    const found = (await (await app().send(url)).json()) as Record<string, string[]>; // lists

    assert.ok(found['scopes_supported']?.includes('shipping'));
    assert.ok(found['claims_supported']?.includes('parcel_city'));
  });

  it('is shown on the consent page with its scopes in the language of the user', async () => {
    const rp = await app().relyingParty();
    const person = await app().createUser();
    const { browser } = await rp.login(person);
    const start = await rp.request({ scope: 'openid shipping', ui_locales: 'de' });

    const page = await browser.open(start.url);

    assert.match(page.text, /Versand/);
  });

  it('can request a single claim, also in the ID token (OIDC Core §5.5)', async () => {
    const rp = await app().relyingParty();
    const person = await app().createUser();
    await keep(app(), person, 'shipping', { name: 'Ann', address: { city: 'Köln' } });

    const claims = JSON.stringify({ id_token: { parcel_city: null } });
    const login = await rp.login(person, { scope: 'openid', claims });

    assert.equal(login.claims['parcel_city'], 'Köln');
    assert.equal(login.claims['parcel_name'], undefined);
  });
});
