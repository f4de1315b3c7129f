// Client credentials grant (RFC 6749 §4.4) with opaque tokens and with JWTs (RFC 9068).
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { decodeProtectedHeader } from 'jose';
import { describeApp, describeOnEachArrangement } from '#test/support/app.ts';
import { assertRefused, inactive } from '#test/support/data/outcomes.ts';
import { readAccessToken } from '#test/support/actors/resource-server.ts';

const forItself = {
  auth: 'client_secret_basic',
  grant_types: ['client_credentials'],
  redirect_uris: [],
  response_types: [],
} as const;

describeOnEachArrangement('client credentials grant (RFC 6749 §4.4)', (app) => {
  it('returns an opaque token without refresh token and ID token', async () => {
    const api = await app().createApi({ scopes: ['read', 'write'] });
    const rp = await app().relyingParty(forItself);

    const tokens = await rp.clientCredentials({ resource: api.audience, scope: 'read' });

    assert.match(tokens.accessToken, /^ost_cc_[\w-]{40,}$/);
    assert.deepEqual([tokens.refreshToken, tokens.idToken, tokens.scope], ['', '', 'read']);
    const { body } = await rp.introspect(tokens.accessToken);
    assert.deepEqual(
      [body['active'], body['aud'], body['scope'], body['client_id'], body['sub']],
      [true, api.audience, 'read', rp.app.clientId, undefined],
    );
  });

  it('returns a JWT where the API requires one (RFC 9068)', async () => {
    const api = await app().createApi({ scopes: ['read'], accessTokenFormat: 'jwt' });
    const rp = await app().relyingParty(forItself);

    const { accessToken } = await rp.clientCredentials({ resource: api.audience, scope: 'read' });

    const claims = await readAccessToken(rp, accessToken, api.audience);
    assert.deepEqual(
      [claims.sub, claims.client_id, claims.scope],
      [rp.app.clientId, rp.app.clientId, 'read'],
    );
    assert.deepEqual(Object.keys(claims).toSorted(), [
      'aud',
      'client_id',
      'exp',
      'iat',
      'iss',
      'jti',
      'scope',
      'sub',
    ]);
    assert.deepEqual(decodeProtectedHeader(accessToken).alg, 'ES256');
  });
});

describeApp('token from the client credentials grant (RFC 6749 §4.4)', {}, (app) => {
  it('has the lifetime configured for the API', async () => {
    const api = await app().createApi({ accessTokenSeconds: 120 });
    const rp = await app().relyingParty(forItself);

    const { expiresIn } = await rp.clientCredentials({ resource: api.audience, scope: 'read' });

    assert.equal(expiresIn, 120);
  });

  it('is rejected by the userinfo endpoint', async () => {
    const api = await app().createApi();
    const rp = await app().relyingParty(forItself);
    const { accessToken } = await rp.clientCredentials({ resource: api.audience, scope: 'read' });

    assert.equal((await rp.tryUserinfo(accessToken)).status, 401);
  });

  it('is not issued to a client that is not registered for the grant', async () => {
    const rp = await app().relyingParty({ auth: 'client_secret_basic' });

    const answer = await rp.token({ grant_type: 'client_credentials' });

    assertRefused(answer, 400, 'unauthorized_client');
  });

  it('is not issued to a public client', async () => {
    await assert.rejects(app().createClient({ ...forItself, auth: 'none' }), {
      code: 'invalid_input',
    });
  });

  it('contains no scope that requires a user', async () => {
    const rp = await app().relyingParty(forItself);

    const answer = await rp.token({ grant_type: 'client_credentials', scope: 'openid profile' });

    assertRefused(answer, 400, 'invalid_scope');
  });

  it('is refused with invalid_scope when no scope is granted (RFC 6749 §3.3)', async () => {
    const api = await app().createApi({ scopes: ['read', 'write'] });
    await app().createApi({ scopes: ['read'] });
    const rp = await app().relyingParty(forItself);
    const requests = [
      // Two APIs have the scope, so the request has to name one of them.
      { scope: 'read' },
      { scope: 'profile' },
      { scope: 'no-such-scope' },
      { scope: 'global_token_revocation' },
      { scope: 'profile no-such-scope', resource: api.audience },
    ];

    for (const request of requests) {
      const answer = await rp.token({ grant_type: 'client_credentials', ...request });
      assertRefused(answer, 400, 'invalid_scope');
    }
  });

  it('is for the only API that has the requested scopes (RFC 8707 §2)', async () => {
    const api = await app().createApi({ scopes: ['orders:read', 'orders:write'] });
    const rp = await app().relyingParty(forItself);
    const limited = await app().relyingParty({ ...forItself, scope: 'orders:write' });

    const { accessToken, scope } = await rp.clientCredentials({ scope: 'orders:read' });

    assert.equal(scope, 'orders:read');
    assert.equal((await rp.introspect(accessToken)).body['aud'], api.audience);
    for (const client of [rp, limited]) {
      const foreign = client === rp ? 'orders:read users:read' : 'orders:read';
      const answer = await client.token({ grant_type: 'client_credentials', scope: foreign });
      assertRefused(answer, 400, 'invalid_scope');
    }
  });

  it('names the granted scope when it is narrower than requested (RFC 6749 §5.1)', async () => {
    const api = await app().createApi({ scopes: ['read', 'write'] });
    const rp = await app().relyingParty(forItself);

    const { scope } = await rp.clientCredentials({
      resource: api.audience,
      scope: 'read profile no-such-scope',
    });

    assert.equal(scope, 'read');
  });

  it('is issued without a scope to a client that requests none', async () => {
    const api = await app().createApi({ scopes: ['read', 'write'] });
    const rp = await app().relyingParty(forItself);

    const { scope } = await rp.clientCredentials({ resource: api.audience });

    assert.equal(scope, undefined);
  });

  it('is inactive after the client is blocked', async () => {
    const api = await app().createApi();
    const rp = await app().relyingParty(forItself);
    const server = await app().relyingParty({ ...forItself, resources: [api.audience] });
    const { accessToken } = await rp.clientCredentials({ resource: api.audience, scope: 'read' });
    assert.equal(await server.isActive(accessToken), true);

    const { blocking } = app().services;
    await blocking.blockClient(rp.app.clientId, { kind: 'operator' });

    assert.equal((await server.introspect(accessToken)).text, inactive);
  });
});
