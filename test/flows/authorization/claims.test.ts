// Single claims that an app asks for, and how a sign-in is described (OIDC Core §5.5).
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp } from '#test/app.ts';
import { offline } from '#test/roles/outcomes.ts';

const passwordAcr = 'urn:ostiary:acr:password';

describeApp('the claims parameter asks for single claims (OIDC Core §5.5)', {}, (app) => {
  const asking = (request: object) => ({ claims: JSON.stringify(request) });

  it('brings them to userinfo or into the ID token, as asked', async () => {
    const rp = await app().relyingParty();
    const person = await app().aPerson({ claims: { name: 'Ann', nickname: 'annie' } });

    const login = await rp.login(
      person,
      asking({ userinfo: { nickname: null }, id_token: { email: { essential: true } } }),
    );

    assert.equal(login.claims['email'], person.email);
    assert.equal(login.claims['nickname'], undefined);
    assert.deepEqual(await rp.userinfo(login), { sub: person.id, nickname: 'annie' });
  });

  it('lets the person see what is asked for', async () => {
    const rp = await app().relyingParty();
    const { email: login, password } = await app().aPerson();
    const pending = await rp.request(asking({ userinfo: { birthdate: { essential: true } } }));

    const consent = await (
      await app().browser().open(pending.url)
    ).press('sign-in', { login, password });

    assert.match(consent.text, /See your date of birth/);
  });

  it('asks again for a claim that was not allowed yet', async () => {
    const rp = await app().relyingParty();
    const { browser } = await rp.login(await app().aPerson());
    const { url } = await rp.request(asking({ userinfo: { email: null } }));

    assert.equal((await browser.open(url)).has('allow'), true);
  });

  it('leaves out what is not known of the person, essential or not', async () => {
    const rp = await app().relyingParty();
    const person = await app().aPerson();

    const login = await rp.login(
      person,
      asking({ userinfo: { name: { essential: true }, unheard_of: { essential: true } } }),
    );

    assert.deepEqual(await rp.userinfo(login), { sub: person.id });
  });

  it('holds for tokens that were refreshed', async () => {
    const rp = await app().relyingParty();
    const person = await app().aPerson();
    const claims = JSON.stringify({ userinfo: { email: null } });
    const login = await rp.login(person, { ...offline, claims });

    const next = await rp.refresh(login.refreshToken);

    const shown = await rp.userinfo({ ...next, claims: login.claims });
    assert.deepEqual(shown, { sub: person.id, email: person.email });
  });

  it('gives no code for another person than the one asked for', async () => {
    const rp = await app().relyingParty();
    const [expected, other] = [await app().aPerson(), await app().aPerson()];
    const pending = await rp.request(asking({ id_token: { sub: { value: expected.id } } }));

    const page = await rp.passPages(await app().browser().open(pending.url), other);

    assert.equal(page.url.searchParams.has('code'), false, page.url.href);
  });
});

describeApp('acr and amr say how the person signed in (OIDC Core §2)', {}, (app) => {
  it('are there without being asked for, and after a refresh', async () => {
    const rp = await app().relyingParty();
    const login = await rp.login(await app().aPerson(), offline);

    const next = await rp.refresh(login.refreshToken);

    for (const { claims } of [login, next]) {
      assert.deepEqual([claims['acr'], claims['amr']], [passwordAcr, ['pwd']]);
      assert.equal(claims['auth_time'], login.claims['auth_time']);
    }
  });

  it('stay true when better ones are wished for', async () => {
    const rp = await app().relyingParty();

    const login = await rp.login(await app().aPerson(), { acr_values: 'urn:example:gold' });

    assert.equal(login.claims['acr'], passwordAcr);
  });

  it('are met by a sign-in with a password when that is essential', async () => {
    const rp = await app().relyingParty();
    const acr = { essential: true, values: [passwordAcr] };

    const login = await rp.login(await app().aPerson(), {
      claims: JSON.stringify({ id_token: { acr } }),
    });

    assert.equal(login.claims['acr'], passwordAcr);
  });

  it('give no code when what is essential can not be had', async () => {
    const rp = await app().relyingParty();
    const acr = { essential: true, value: 'urn:example:gold' };
    const pending = await rp.request({ claims: JSON.stringify({ id_token: { acr } }) });

    const page = await rp.passPages(await app().browser().open(pending.url), await app().aPerson());

    assert.equal(page.url.searchParams.has('code'), false, page.url.href);
  });
});
