// The claims parameter (OIDC Core §5.5) and the claims acr and amr (§2).
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp } from '#test/support/app.ts';
import { offline } from '#test/support/data/outcomes.ts';

const passwordAcr = 'urn:ostiary:acr:password';

describeApp('the claims parameter (OIDC Core §5.5)', {}, (app) => {
  const asking = (request: object) => ({ claims: JSON.stringify(request) });

  it('adds claims to userinfo or the ID token as requested', async () => {
    const rp = await app().relyingParty();
    const person = await app().createUser({ claims: { name: 'Ann', nickname: 'annie' } });

    const login = await rp.login(
      person,
      asking({ userinfo: { nickname: null }, id_token: { email: { essential: true } } }),
    );

    assert.equal(login.claims['email'], person.email);
    assert.equal(login.claims['nickname'], undefined);
    assert.deepEqual(await rp.userinfo(login), { sub: person.id, nickname: 'annie' });
  });

  it('shows requested claims on the consent page', async () => {
    const rp = await app().relyingParty();
    const { email: login, password } = await app().createUser();
    const pending = await rp.request(asking({ userinfo: { birthdate: { essential: true } } }));

    const consent = await (
      await app().browser().open(pending.url)
    ).press('sign-in', { login, password });

    assert.match(consent.text, /See your birthday/);
  });

  it('asks for consent to a claim that was not granted before', async () => {
    const rp = await app().relyingParty();
    const { browser } = await rp.login(await app().createUser());
    const { url } = await rp.request(asking({ userinfo: { email: null } }));

    assert.equal((await browser.open(url)).has('allow'), true);
  });

  it('omits claims without a value, whether essential or not', async () => {
    const rp = await app().relyingParty();
    const person = await app().createUser();

    const login = await rp.login(
      person,
      asking({ userinfo: { name: { essential: true }, unheard_of: { essential: true } } }),
    );

    assert.deepEqual(await rp.userinfo(login), { sub: person.id });
  });

  it('applies the requested claims to refreshed tokens', async () => {
    const rp = await app().relyingParty();
    const person = await app().createUser();
    const claims = JSON.stringify({ userinfo: { email: null } });
    const login = await rp.login(person, { ...offline, claims });

    const next = await rp.refresh(login.refreshToken);

    const shown = await rp.userinfo({ ...next, claims: login.claims });
    assert.deepEqual(shown, { sub: person.id, email: person.email });
  });

  it('issues no code if a user other than the requested sub signs in', async () => {
    const rp = await app().relyingParty();
    const [expected, other] = [await app().createUser(), await app().createUser()];
    const pending = await rp.request(asking({ id_token: { sub: { value: expected.id } } }));

    const page = await rp.passPages(await app().browser().open(pending.url), other);

    assert.equal(page.url.searchParams.has('code'), false, page.url.href);
  });
});

describeApp('the claims acr and amr (OIDC Core §2)', {}, (app) => {
  it('are in the ID token without being requested and after a refresh', async () => {
    const rp = await app().relyingParty();
    const login = await rp.login(await app().createUser(), offline);

    const next = await rp.refresh(login.refreshToken);

    for (const { claims } of [login, next]) {
      assert.deepEqual([claims['acr'], claims['amr']], [passwordAcr, ['pwd']]);
      assert.equal(claims['auth_time'], login.claims['auth_time']);
    }
  });

  it('state the actual authentication if acr_values cannot be satisfied', async () => {
    const rp = await app().relyingParty();

    const login = await rp.login(await app().createUser(), { acr_values: 'urn:example:gold' });

    assert.equal(login.claims['acr'], passwordAcr);
  });

  it('satisfy an essential acr for the password after a password sign-in', async () => {
    const rp = await app().relyingParty();
    const acr = { essential: true, values: [passwordAcr] };

    const login = await rp.login(await app().createUser(), {
      claims: JSON.stringify({ id_token: { acr } }),
    });

    assert.equal(login.claims['acr'], passwordAcr);
  });

  it('prevent a code if an essential acr is not available', async () => {
    const rp = await app().relyingParty();
    const acr = { essential: true, value: 'urn:example:gold' };
    const pending = await rp.request({ claims: JSON.stringify({ id_token: { acr } }) });

    const page = await rp.passPages(
      await app().browser().open(pending.url),
      await app().createUser(),
    );

    assert.equal(page.url.searchParams.has('code'), false, page.url.href);
  });
});
