// The registered `scope` of a client (RFC 7591 §2) limits individual claims, custom attributes and
// grants that are older than a change of the registration.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp, type TestApp } from '#test/support/app.ts';
import { assertRefused, offline } from '#test/support/data/outcomes.ts';
import type { Parameters, RelyingParty } from '#test/support/actors/relying-party.ts';
import { replaceMetadata } from '#test/support/steps/client-registration.ts';
import { declared } from '#test/support/data/custom-attributes.ts';

const requesting = (request: object) => ({ claims: JSON.stringify(request) });
const everywhere = (names: readonly string[]) => {
  const members = Object.fromEntries(names.map((name) => [name, { essential: true }]));
  return requesting({ userinfo: members, id_token: members });
};

describeApp('the claims parameter and the registered scope', { settings: declared }, (app) => {
  for (const first_party of [true, false]) {
    const kind = first_party ? 'first-party' : 'third-party';

    it(`releases no claim outside the registered scope to a ${kind} client`, async () => {
      const rp = await app().relyingParty({ scope: 'openid', first_party });
      const person = await aPersonWithParcel(app());

      const login = await rp.login(person, everywhere(['email', 'name', 'parcel_city']));

      assert.deepEqual(await rp.userinfo(login), { sub: person.id });
      for (const name of ['email', 'name', 'parcel_city']) {
        assert.equal(login.claims[name], undefined, name);
      }
    });

    it(`releases claims of a registered scope to a ${kind} client`, async () => {
      const rp = await app().relyingParty({ scope: 'openid email shipping', first_party });
      const person = await aPersonWithParcel(app());

      const login = await rp.login(person, everywhere(['email', 'name', 'parcel_city']));

      assert.deepEqual(await rp.userinfo(login), {
        sub: person.id,
        email: person.email,
        parcel_city: 'Cologne',
      });
      assert.deepEqual(
        [login.claims['email'], login.claims['parcel_city']],
        [person.email, 'Cologne'],
      );
      assert.equal(login.claims['name'], undefined);
    });
  }

  it('shows no claims outside the registered scope on the consent page', async () => {
    const rp = await app().relyingParty({ scope: 'openid email' });
    const { email: login, password } = await app().createUser();
    const { url } = await rp.request(everywhere(['email', 'birthdate', 'parcel_city']));

    const consent = await (await app().browser().open(url)).press('sign-in', { login, password });

    assert.match(consent.text, /email address/);
    assert.doesNotMatch(consent.text, /date of birth|Shipping/);
  });

  it('applies the registered scope to pushed requests', async () => {
    const rp = await app().relyingParty({
      auth: 'client_secret_basic',
      scope: 'openid',
      first_party: true,
    });
    const person = await app().createUser();
    const pending = await rp.request(everywhere(['email']));
    const { body } = await rp.push(pending.url.searchParams);
    const url = new URL(rp.as.authorization_endpoint ?? '');
    url.search = String(
      new URLSearchParams({ client_id: rp.app.clientId, request_uri: String(body['request_uri']) }),
    );

    const page = await rp.passPages(await app().browser().open(url), person);
    const tokens = await rp.exchange(rp.receive(page, pending));

    assert.deepEqual(await rp.userinfo(tokens), { sub: person.id });
    assert.equal(tokens.claims['email'], undefined);
  });

  it('sets no limit if the client has no registered scope', async () => {
    const rp = await app().relyingParty();
    const person = await aPersonWithParcel(app());

    const login = await rp.login(person, everywhere(['email', 'parcel_city']));

    const { email, parcel_city: city } = await rp.userinfo(login);
    assert.deepEqual([email, city], [person.email, 'Cologne']);
  });

  it('releases claims about the authentication for the scope openid', async () => {
    const rp = await app().relyingParty({ scope: 'openid' });
    const person = await app().createUser();

    const login = await rp.login(
      person,
      requesting({ id_token: { sub: { value: person.id }, acr: null, auth_time: null } }),
    );

    assert.equal(login.claims['sub'], person.id);
    assert.equal(typeof login.claims['auth_time'], 'number');
    assert.equal(typeof login.claims['acr'], 'string');
  });

  it('refuses members that are neither null nor objects (OpenID Connect Core §5.5)', async () => {
    const rp = await app().relyingParty();
    const { url } = await rp.request(requesting({ userinfo: { email: true } }));

    const page = await app().browser().open(url);

    assert.equal(page.url.searchParams.get('error'), 'invalid_request');
  });
});

describeApp('a scope that was removed from a client', { settings: declared }, (app) => {
  const wide = { scope: 'openid profile email', ...everywhere(['email']) };

  it('is not granted when a code is redeemed after the removal', async () => {
    const { rp, person } = await aClient(app(), 'openid profile email');
    const callback = await rp.authorize(person, wide);

    await reregister(app(), rp, 'openid profile');

    const tokens = await rp.exchange(callback);
    assert.equal(tokens.scope, 'openid profile');
    assert.equal(tokens.claims['email'], undefined);
    assert.equal((await rp.userinfo(tokens))['email'], undefined);
    assert.equal((await rp.introspect(tokens.accessToken)).body['scope'], 'openid profile');
  });

  it('is not granted when a refresh token is used after the removal', async () => {
    const { rp, person } = await aClient(app(), 'openid profile email offline_access');
    const login = await rp.login(person, {
      ...wide,
      ...offline,
      scope: 'openid profile email offline_access',
    });
    assert.equal(login.claims['email'], person.email);

    await reregister(app(), rp, 'openid profile offline_access');

    const next = await rp.refresh(login.refreshToken);
    assert.equal(next.scope, 'openid profile offline_access');
    assert.equal(next.claims['email'], undefined);
    assert.equal((await rp.userinfo({ ...next, claims: login.claims }))['email'], undefined);
  });

  it('releases no more claims for an existing access token', async () => {
    const { rp, person } = await aClient(app(), 'openid profile email');
    const login = await rp.login(person, wide);
    assert.equal((await rp.userinfo(login))['email'], person.email);

    await reregister(app(), rp, 'openid profile');

    assert.equal((await rp.userinfo(login))['email'], undefined);
  });

  it('leaves only the sub if no scope with user claims remains', async () => {
    const { rp, person } = await aClient(app(), 'openid email');
    const callback = await rp.authorize(person, { scope: 'openid email' });

    await reregister(app(), rp, 'reports:read');

    const tokens = await rp.exchange(callback);
    assert.equal(tokens.scope, 'openid');
    assert.deepEqual(await rp.userinfo(tokens), { sub: person.id });
  });

  it('is not granted for an API, which is refused if no scope of it remains', async () => {
    const api = await app().createApi({ scopes: ['read', 'write'] });
    const { rp, person } = await aClient(app(), 'openid read write');
    const parameters: Parameters = { scope: 'openid read write', resource: api.audience };
    const [one, none] = [
      await rp.authorize(person, parameters),
      await rp.authorize(person, parameters),
    ];

    await reregister(app(), rp, 'openid read');
    assert.equal((await rp.exchange(one)).scope, 'read');

    await reregister(app(), rp, 'openid');
    assertRefused(await rp.tryExchange(none), 400, 'invalid_target');
  });

  it('prevents offline access if the scope was offline_access', async () => {
    const { rp, person } = await aClient(app(), 'openid offline_access');
    const lasting = await rp.login(person, offline);
    const session = await rp.login(person);
    const callback = await rp.authorize(person, offline);

    await reregister(app(), rp, 'openid');

    const redeemed = await rp.tryExchange(callback);
    assert.deepEqual([redeemed.status, redeemed.body['refresh_token']], [200, undefined]);
    assertRefused(await rp.tryRefresh(lasting.refreshToken), 400, 'invalid_grant');
    assert.equal((await rp.tryRefresh(session.refreshToken)).status, 200);
    assert.equal((await rp.tryExchange(callback)).status, 400);

    await reregister(app(), rp, 'openid offline_access');
    assert.equal((await rp.tryRefresh(lasting.refreshToken)).status, 200);
  });

  it('is granted again after it was registered again', async () => {
    const { rp, person } = await aClient(app(), 'openid email offline_access');
    const scope = 'openid email offline_access';
    const login = await rp.login(person, { ...offline, scope });
    await reregister(app(), rp, 'openid offline_access');
    const reduced = await rp.refresh(login.refreshToken);

    await reregister(app(), rp, 'openid email offline_access');

    assert.equal(reduced.scope, 'openid offline_access');
    assert.equal((await rp.refresh(reduced.refreshToken)).scope, scope);
  });
});

async function aClient(app: TestApp, scope: string) {
  const rp = await app.relyingParty({ auth: 'client_secret_basic', scope, first_party: true });
  return { rp, person: await app.createUser({ claims: { name: 'Ann' } }) };
}

function reregister(app: TestApp, { app: { clientId, metadata } }: RelyingParty, scope: string) {
  return replaceMetadata(app, clientId, { ...metadata, scope });
}

async function aPersonWithParcel(app: TestApp) {
  const person = await app.createUser({ claims: { name: 'Ann' } });
  const key = {
    userId: person.id,
    namespace: 'shipping',
    actor: { kind: 'operator' },
    expected: 0,
  } as const;
  const value = { name: 'Ann', address: { city: 'Cologne' } };
  assert.equal((await app.services.supplements.save(key, value)).ok, true);
  return person;
}
