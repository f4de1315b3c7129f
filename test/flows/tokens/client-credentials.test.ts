// Tokens that an app gets for itself (RFC 6749 §4.4), opaque and as a JWT (RFC 9068).
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { decodeProtectedHeader } from 'jose';
import { describeApp, describeOnEachArrangement } from '#test/app.ts';
import { assertRefused, inactive } from '#test/roles/outcomes.ts';
import { readAccessToken } from '#test/roles/resource-server.ts';

const forItself = {
  auth: 'client_secret_basic',
  grant_types: ['client_credentials'],
  redirect_uris: [],
  response_types: [],
} as const;

describeOnEachArrangement('an app gets a token for itself (RFC 6749 §4.4)', (app) => {
  it('is opaque, without refresh token and without ID token', async () => {
    const api = await app().anApi({ scopes: ['read', 'write'] });
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

  it('is a JWT where the API wants one (RFC 9068)', async () => {
    const api = await app().anApi({ scopes: ['read'], accessTokenFormat: 'jwt' });
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

describeApp('a token for an app reaches no further than the app (RFC 6749 §4.4)', {}, (app) => {
  it('has the life time of its API', async () => {
    const api = await app().anApi({ accessTokenSeconds: 120 });
    const rp = await app().relyingParty(forItself);

    const { expiresIn } = await rp.clientCredentials({ resource: api.audience, scope: 'read' });

    assert.equal(expiresIn, 120);
  });

  it('opens no userinfo', async () => {
    const api = await app().anApi();
    const rp = await app().relyingParty(forItself);
    const { accessToken } = await rp.clientCredentials({ resource: api.audience, scope: 'read' });

    assert.equal((await rp.tryUserinfo(accessToken)).status, 401);
  });

  it('is not given to an app that did not register for it', async () => {
    const rp = await app().relyingParty({ auth: 'client_secret_basic' });

    const answer = await rp.token({ grant_type: 'client_credentials' });

    assertRefused(answer, 400, 'unauthorized_client');
  });

  it('is not given to a public app', async () => {
    await assert.rejects(app().anApp({ ...forItself, auth: 'none' }), { code: 'invalid_input' });
  });

  it('carries no scope that is about a person', async () => {
    const rp = await app().relyingParty(forItself);

    const answer = await rp.token({ grant_type: 'client_credentials', scope: 'openid profile' });

    assertRefused(answer, 400, 'invalid_scope');
  });

  it('is refused with invalid_scope when nothing of the scope is granted (RFC 6749 §3.3)', async () => {
    const api = await app().anApi({ scopes: ['read', 'write'] });
    await app().anApi({ scopes: ['read'] });
    const rp = await app().relyingParty(forItself);
    const requests = [
      // Two APIs have it: the request has to say which one it means.
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

  it('is for the only API that has the requested scopes when the request names none (RFC 8707 §2)', async () => {
    const api = await app().anApi({ scopes: ['orders:read', 'orders:write'] });
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

  it('names what was granted when that is less than was requested (RFC 6749 §5.1)', async () => {
    const api = await app().anApi({ scopes: ['read', 'write'] });
    const rp = await app().relyingParty(forItself);

    const { scope } = await rp.clientCredentials({
      resource: api.audience,
      scope: 'read profile no-such-scope',
    });

    assert.equal(scope, 'read');
  });

  it('is given without a scope to a client that requests none', async () => {
    const api = await app().anApi({ scopes: ['read', 'write'] });
    const rp = await app().relyingParty(forItself);

    const { scope } = await rp.clientCredentials({ resource: api.audience });

    assert.equal(scope, undefined);
  });

  it('ends with the app', async () => {
    const api = await app().anApi();
    const rp = await app().relyingParty(forItself);
    const server = await app().relyingParty({ ...forItself, resources: [api.audience] });
    const { accessToken } = await rp.clientCredentials({ resource: api.audience, scope: 'read' });
    assert.equal(await server.isActive(accessToken), true);

    const { blocking } = app().installation.services;
    await blocking.blockClient(rp.app.clientId, { kind: 'operator' });

    assert.equal((await server.introspect(accessToken)).text, inactive);
  });
});
