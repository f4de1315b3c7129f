// The authorization code flow with all standard claims: sign-in, consent, code, tokens, userinfo.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { decodeProtectedHeader } from 'jose';
import type { StandardClaims } from '#core/users/users.ts';
import { describeApp, describeOnEachArrangement } from '#test/support/app.ts';

const claims: StandardClaims = {
  name: 'Ann Ōtaki 😀',
  given_name: 'Ann',
  family_name: 'Ōtaki',
  middle_name: 'B.',
  nickname: 'annie',
  preferred_username: 'ann',
  profile: 'https://ann.example/me',
  picture: 'https://ann.example/me.png',
  website: 'https://ann.example/',
  gender: 'female',
  birthdate: '0000-02-29',
  zoneinfo: 'Pacific/Auckland',
  locale: 'mi-NZ',
  phone_number: '+64 3 123 4567',
  phone_number_verified: true,
  address: { formatted: '1 Road\nŌtaki', locality: 'Ōtaki', country: 'NZ' },
};

describeOnEachArrangement('the authorization code flow (OIDC Core §3.1)', (app) => {
  it('returns code, state and iss to the client after sign-in and consent', async () => {
    const rp = await app().relyingParty();
    const person = await app().createUser();
    const pending = await rp.request({ scope: 'openid email' });
    const browser = app().browser();

    const signIn = await browser.open(pending.url);
    const { email: login, password } = person;
    const consent = await signIn.press('sign-in', { login, password });
    const back = await consent.press('allow');

    assert.deepEqual([signIn.status, signIn.heading], [200, 'Sign in']);
    assert.deepEqual(
      [consent.status, consent.heading],
      [200, 'Tasks wants access to your account'],
    );
    assert.equal(back.url.origin + back.url.pathname, 'https://rp.example/cb');
    assert.deepEqual([...back.url.searchParams.keys()].toSorted(), ['code', 'iss', 'state']);
    assert.equal(back.url.searchParams.get('iss'), app().issuer);
    assert.equal(rp.receive(back, pending).parameters.get('state'), pending.state);
  });

  it('states sub, auth_time, acr and amr in the ID token (OIDC Core §2)', async () => {
    const rp = await app().relyingParty();
    const person = await app().createUser();
    const before = Math.floor(Date.now() / 1000);

    const login = await rp.login(person);

    const { auth_time, iat, exp, sid, ...rest } = login.claims;
    assert.match(String(sid), /^[\w-]{20,}$/);
    assert.deepEqual(rest, {
      iss: app().issuer,
      sub: person.id,
      aud: rp.app.clientId,
      nonce: login.callback.nonce,
      acr: 'urn:ostiary:acr:password',
      amr: ['pwd'],
    });
    assert.ok(Number(auth_time) >= before && Number(auth_time) <= Number(iat));
    assert.ok(Number(exp) > Number(iat));
    assert.equal(decodeProtectedHeader(login.idToken).alg, 'ES256');
  });

  it('returns every granted claim from userinfo (OIDC Core §5)', async () => {
    const rp = await app().relyingParty();
    const person = await app().createUser({ claims, emailVerified: true });

    const login = await rp.login(person, { scope: 'openid profile email phone address' });

    const { updated_at, ...shown } = await rp.userinfo(login);
    assert.deepEqual(shown, {
      sub: person.id,
      email: person.email,
      email_verified: true,
      ...claims,
    });
    assert.ok(Number.isSafeInteger(updated_at));
  });

  it('signs in to a second client in the same session without a password', async () => {
    const first = await app().relyingParty();
    const second = await app().relyingParty();
    const person = await app().createUser();
    const { browser, claims: before } = await first.login(person);

    const pending = await second.request();
    const page = await browser.open(pending.url);
    assert.equal(page.has('sign-in'), false);
    const login = await second.exchange(second.receive(await page.press('allow'), pending));

    assert.equal(login.claims['sub'], person.id);
    assert.equal(login.claims['auth_time'], before['auth_time']);
  });

  it('issues working tokens for concurrent requests of two clients in one session', async () => {
    const person = await app().createUser();
    const clients = await Promise.all([app().relyingParty(), app().relyingParty()]);
    const start = await app().relyingParty();
    const { browser } = await start.login(person);
    // The first sign-in per client gives consent, so that the concurrent ones need none.
    for (const rp of clients) await rp.login(person, {}, browser);

    const logins = await Promise.all(clients.map((rp) => rp.login(person, {}, browser.copy())));

    for (const [turn, rp] of clients.entries()) {
      const login = logins[turn] ?? assert.fail();
      assert.equal(await rp.isActive(login.accessToken), true);
      assert.notEqual((await rp.refresh(login.refreshToken)).refreshToken, '');
    }
  });

  it('completes requests of two clients in two tabs independently', async () => {
    const [one, two] = [await app().relyingParty(), await app().relyingParty()];
    const person = await app().createUser();
    const browser = app().browser();
    const [first, second] = [await one.request(), await two.request()];
    const tabs = [await browser.open(first.url), await browser.open(second.url)] as const;

    const backTwo = await two.passPages(tabs[1], person);
    const backOne = await one.passPages(tabs[0], person);

    assert.equal((await two.exchange(two.receive(backTwo, second))).claims['sub'], person.id);
    assert.equal((await one.exchange(one.receive(backOne, first))).claims['sub'], person.id);
  });
});

describeApp('the authorization response', {}, (app) => {
  it('returns long and unusual state and nonce values unchanged (FAPI 2.0)', async () => {
    const rp = await app().relyingParty();
    const person = await app().createUser();
    const values = [
      's'.repeat(512),
      '"><svg onload=alert(1)>',
      'ü €😀 %41+&=?#',
      '{{7*7}}<%= 7*7 %>${7*7}',
    ];

    for (const state of values) {
      const login = await rp.login(person, { state, nonce: state });
      assert.equal(login.callback.parameters.get('state'), state);
      assert.equal(login.claims['nonce'], state);
    }
  });

  it('omits state if the request has none', async () => {
    const rp = await app().relyingParty();

    const { parameters } = await rp.authorize(await app().createUser(), { state: undefined });

    assert.equal(parameters.has('state'), false);
  });

  it('keeps the query parameters of the registered redirect_uri', async () => {
    const redirect_uris = ['https://rp.example/cb?tenant=a%20b'];
    const rp = await app().relyingParty({ redirect_uris });

    const { parameters } = await rp.authorize(await app().createUser());

    assert.equal(parameters.get('tenant'), 'a b');
  });

  for (const alg of ['RS256', 'EdDSA', 'ES256'] as const) {
    it(`signs the ID token with ${alg} for a client that registered it`, async () => {
      const rp = await app().relyingParty({ id_token_signed_response_alg: alg });

      const login = await rp.login(await app().createUser());

      assert.equal(decodeProtectedHeader(login.idToken).alg, alg);
    });
  }

  it('posts code, state and iss with response_mode=form_post (OAuth 2.0 Form Post)', async () => {
    const rp = await app().relyingParty();
    const pending = await rp.request({ response_mode: 'form_post' });
    const page = await rp.passPages(
      await app().browser().open(pending.url),
      await app().createUser(),
    );

    const { action, method, fields } = page.form('code');

    assert.deepEqual([action, method], ['https://rp.example/cb', 'post']);
    assert.equal(fields.get('state'), pending.state);
    assert.equal(fields.get('iss'), app().issuer);
  });
});
