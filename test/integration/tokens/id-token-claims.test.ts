// User claims in the ID token for clients that do not call userinfo (OIDC Core §5.4), and userinfo
// as a signed JWT for clients that registered an algorithm (§5.3.2).
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from 'jose';
import { describeApp, type TestApp } from '#test/support/app.ts';

const claims = { name: 'Ann Berg', given_name: 'Ann', phone_number: '+47 22 00 00 00' };
const asked = { scope: 'openid profile email' };

describeApp('the client metadata id_token_claims', {}, (app) => {
  it('adds the claims of the granted scopes to the ID token with "all"', async () => {
    const rp = await app().relyingParty({ id_token_claims: 'all' });
    const person = await app().createUser({ claims, emailVerified: true });

    const login = await rp.login(person, asked);
    const refreshed = await rp.refresh(login.refreshToken);

    for (const { claims: idTokenClaims } of [login, refreshed]) {
      assert.equal(idTokenClaims['name'], 'Ann Berg');
      assert.equal(idTokenClaims['given_name'], 'Ann');
      assert.deepEqual(
        [idTokenClaims['email'], idTokenClaims['email_verified']],
        [person.email, true],
      );
      assert.equal(idTokenClaims['phone_number'], undefined);
      assert.equal(typeof idTokenClaims['auth_time'], 'number');
      assert.equal(typeof idTokenClaims['acr'], 'string');
    }
  });

  it('adds no claims of scopes that were not granted with "all"', async () => {
    const rp = await app().relyingParty({ id_token_claims: 'all' });

    const login = await rp.login(await app().createUser({ claims }), { scope: 'openid' });

    assert.equal(login.claims['name'], undefined);
    assert.equal(login.claims['email'], undefined);
  });

  it('limits the claims to the scope of a refresh request with "all"', async () => {
    const rp = await app().relyingParty({ id_token_claims: 'all' });
    const person = await app().createUser({ claims });
    const { refreshToken } = await rp.login(person, asked);

    const { body } = await rp.tryRefresh(refreshToken, { scope: 'openid profile' });

    const idTokenClaims = payloadOf(String(body['id_token']));
    assert.deepEqual([idTokenClaims['name'], idTokenClaims['email']], ['Ann Berg', undefined]);
  });

  it('keeps auth_time in the ID token with "all" when the access token is for an API', async () => {
    const { audience } = await app().createApi();
    const rp = await app().relyingParty({ id_token_claims: 'all' });

    const login = await rp.login(await app().createUser({ claims }), {
      scope: 'openid profile read',
      resource: audience,
    });

    assert.equal(login.claims['name'], 'Ann Berg');
    assert.equal(typeof login.claims['auth_time'], 'number');
  });

  for (const facts of [{}, { id_token_claims: 'minimal' }]) {
    it(`adds no user claims to the ID token with ${JSON.stringify(facts)}`, async () => {
      const rp = await app().relyingParty(facts);

      const login = await rp.login(await app().createUser({ claims }), asked);

      assert.deepEqual([login.claims['name'], login.claims['email']], [undefined, undefined]);
      assert.equal((await rp.userinfo(login))['name'], 'Ann Berg');
    });
  }

  it('rejects values other than "minimal" and "all" at registration', async () => {
    await assert.rejects(app().createClient({ id_token_claims: 'some' }), {
      message: 'id_token_claims must be "minimal" or "all".',
    });
  });
});

describeApp('the client metadata userinfo_signed_response_alg', {}, (app) => {
  for (const alg of ['ES256', 'RS256']) {
    it(`makes userinfo a JWT signed with ${alg}`, async () => {
      const rp = await app().relyingParty({ userinfo_signed_response_alg: alg });
      const person = await app().createUser({ claims });
      const { accessToken } = await rp.login(person, asked);

      const answer = await rp.tryUserinfo(accessToken);

      assert.match(answer.headers.get('content-type') ?? '', /^application\/jwt/);
      const verified = await jwtVerify(answer.text, await keysOf(app()), {
        issuer: app().issuer,
        audience: rp.app.clientId,
        algorithms: [alg],
      });
      assert.equal(verified.payload.sub, person.id);
      assert.equal(verified.payload['name'], 'Ann Berg');
    });
  }

  it('is optional; userinfo is JSON without it', async () => {
    const rp = await app().relyingParty();
    const { accessToken } = await rp.login(await app().createUser(), asked);

    const answer = await rp.tryUserinfo(accessToken);

    assert.match(answer.headers.get('content-type') ?? '', /^application\/json/);
  });

  it('publishes userinfo_signing_alg_values_supported in the discovery document', async () => {
    const { as } = await app().relyingParty();

    assert.ok(as.userinfo_signing_alg_values_supported?.includes('ES256'));
  });
});

async function keysOf(app: TestApp) {
  const answer = await app.send(`${app.issuer}/oauth2/jwks`);
  const keys: unknown = await answer.json();
  return createLocalJWKSet(keys as JSONWebKeySet); // jose validates the shape.
}

function payloadOf(jwt: string): Readonly<Record<string, unknown>> {
  const [, payload = ''] = jwt.split('.');
  const value: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
  assert.ok(typeof value === 'object' && value !== null);
  return Object.fromEntries(Object.entries(value));
}
