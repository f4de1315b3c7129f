// Resource indicators: the audience and the scopes of access tokens for APIs (RFC 8707).
import assert from 'node:assert/strict';
import { it } from 'node:test';
import * as oauth from 'oauth4webapi';
import { describeApp } from '#test/support/app.ts';
import { assertRefused, offline } from '#test/support/data/outcomes.ts';
import { readAccessToken } from '#test/support/actors/resource-server.ts';

const forItself = {
  auth: 'client_secret_basic',
  grant_types: ['client_credentials'],
  redirect_uris: [],
  response_types: [],
} as const;

describeApp('access token for a requested resource (RFC 8707 §2)', {}, (app) => {
  it('has the API as its audience and only scopes of that API', async () => {
    const api = await app().createApi({ scopes: ['read', 'write'] });
    const rp = await app().relyingParty();

    const login = await rp.login(await app().createUser(), {
      resource: api.audience,
      scope: 'openid read email unheard-of',
    });

    const { body } = await rp.introspect(login.accessToken);
    assert.deepEqual([body['aud'], body['scope']], [api.audience, 'read']);
    assert.equal(login.scope, 'read');
  });

  it('is rejected by the userinfo endpoint, which is not its audience', async () => {
    const api = await app().createApi();
    const rp = await app().relyingParty();

    const login = await rp.login(await app().createUser(), {
      resource: api.audience,
      scope: 'openid read',
    });

    assert.equal((await rp.tryUserinfo(login.accessToken)).status, 403);
  });

  it('is a JWT with the user as sub where the API requires one (RFC 9068 §2.2)', async () => {
    const api = await app().createApi({ accessTokenFormat: 'jwt' });
    const rp = await app().relyingParty();
    const person = await app().createUser();

    const { accessToken } = await rp.login(person, {
      resource: api.audience,
      scope: 'openid read',
    });

    const claims = await readAccessToken(rp, accessToken, api.audience);
    assert.deepEqual(
      [claims.sub, claims.client_id, claims.scope, claims.aud],
      [person.id, rp.app.clientId, 'read', api.audience],
    );
  });

  it('keeps its audience when it is refreshed', async () => {
    const api = await app().createApi();
    const rp = await app().relyingParty();
    const login = await rp.login(await app().createUser(), {
      ...offline,
      resource: api.audience,
      scope: 'openid read offline_access',
    });

    const next = await rp.refresh(login.refreshToken);

    const { body } = await rp.introspect(next.accessToken);
    assert.deepEqual([body['aud'], body['scope']], [api.audience, 'read']);
  });

  it('is for one of several resources, selected at the token endpoint', async () => {
    const [first, second] = [await app().createApi(), await app().createApi()];
    const rp = await app().relyingParty();
    const callback = await rp.authorize(await app().createUser(), {
      ...offline,
      scope: 'openid read offline_access',
      resource: [first.audience, second.audience],
    });

    const exchanged = await rp.tryExchange(callback, { resource: second.audience });
    const refreshed = await rp.tryRefresh(String(exchanged.body['refresh_token']), {
      resource: first.audience,
    });

    const audiences = [exchanged, refreshed].map(async ({ body }) => {
      const answer = await rp.introspect(String(body['access_token']));
      return answer.body['aud'];
    });
    assert.deepEqual(await Promise.all(audiences), [second.audience, first.audience]);
  });
});

describeApp('resource that was not requested (RFC 8707 §2)', {}, (app) => {
  it('is rejected at the authorization endpoint when it is unknown', async () => {
    const rp = await app().relyingParty();
    const pending = await rp.request({ resource: 'https://unknown.example/' });

    const page = await app().browser().open(pending.url);

    assert.throws(() => rp.receive(page, pending), isAuthorizationError('invalid_target'));
  });

  it('is rejected at the token endpoint when it is unknown', async () => {
    const rp = await app().relyingParty(forItself);
    for (const resource of ['https://unknown.example/', 'not a URI', '/relative']) {
      const answer = await rp.token({ grant_type: 'client_credentials', resource });
      assertRefused(answer, 400, 'invalid_target');
    }
  });

  it('is rejected when the user consented to another one', async () => {
    const [asked, other] = [await app().createApi(), await app().createApi()];
    const rp = await app().relyingParty();
    const callback = await rp.authorize(await app().createUser(), {
      resource: asked.audience,
      scope: 'openid read',
    });

    const answer = await rp.tryExchange(callback, { resource: other.audience });

    assertRefused(answer, 400, 'invalid_target');
  });

  it('is rejected in a refresh request, and the family stays valid', async () => {
    const [asked, other] = [await app().createApi(), await app().createApi()];
    const rp = await app().relyingParty();
    const login = await rp.login(await app().createUser(), {
      ...offline,
      resource: asked.audience,
      scope: 'openid read offline_access',
    });

    const answer = await rp.tryRefresh(login.refreshToken, { resource: other.audience });

    assertRefused(answer, 400, 'invalid_target');
    assert.notEqual((await rp.refresh(login.refreshToken)).refreshToken, '');
  });

  it('does not extend the scope beyond the scopes registered for the client', async () => {
    const api = await app().createApi({ scopes: ['read', 'write'] });
    const rp = await app().relyingParty({ ...forItself, scope: 'read' });

    const { scope } = await rp.clientCredentials({ resource: api.audience, scope: 'read write' });

    assert.equal(scope, 'read');
  });
});

describeApp('management API as a resource', {}, (app) => {
  const audience = () => `${app().issuer}/auth/api`;

  it('is refused to a client without its scopes', async () => {
    const rp = await app().relyingParty(forItself);

    const answer = await rp.token({
      grant_type: 'client_credentials',
      resource: audience(),
      scope: 'users:read',
    });

    assertRefused(answer, 400, 'invalid_target');
  });

  it('grants the registered scopes and no others', async () => {
    const rp = await app().relyingParty({ ...forItself, scope: 'users:read audit:read' });

    const { scope, accessToken } = await rp.clientCredentials({
      resource: audience(),
      scope: 'users:read users:write',
    });

    assert.equal(scope, 'users:read');
    assert.equal((await rp.introspect(accessToken)).body['aud'], audience());
  });

  it('is refused in an authorization request of a client not registered for it', async () => {
    const rp = await app().relyingParty();
    const pending = await rp.request({ resource: audience(), scope: 'openid users:read' });

    const page = await app().browser().open(pending.url);

    assert.throws(() => rp.receive(page, pending), isAuthorizationError('invalid_target'));
  });
});

function isAuthorizationError(code: string): (error: unknown) => boolean {
  return (error) => error instanceof oauth.AuthorizationResponseError && error.error === code;
}
