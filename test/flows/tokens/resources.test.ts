// Tokens for APIs: which one they are for, and which of its scopes they carry (RFC 8707).
import assert from 'node:assert/strict';
import { it } from 'node:test';
import * as oauth from 'oauth4webapi';
import { describeApp } from '#test/app.ts';
import { assertRefused, offline } from '#test/roles/outcomes.ts';
import { readAccessToken } from '#test/roles/resource-server.ts';

const forItself = {
  auth: 'client_secret_basic',
  grant_types: ['client_credentials'],
  redirect_uris: [],
  response_types: [],
} as const;

describeApp('a token is for the API that was asked for (RFC 8707 §2)', {}, (app) => {
  it('names it as its audience and carries its scopes only', async () => {
    const api = await app().anApi({ scopes: ['read', 'write'] });
    const rp = await app().relyingParty();

    const login = await rp.login(await app().aPerson(), {
      resource: api.audience,
      scope: 'openid read email unheard-of',
    });

    const { body } = await rp.introspect(login.accessToken);
    assert.deepEqual([body['aud'], body['scope']], [api.audience, 'read']);
    assert.equal(login.scope, 'read');
  });

  it('opens no userinfo, since it is for somebody else', async () => {
    const api = await app().anApi();
    const rp = await app().relyingParty();

    const login = await rp.login(await app().aPerson(), {
      resource: api.audience,
      scope: 'openid read',
    });

    assert.equal((await rp.tryUserinfo(login.accessToken)).status, 403);
  });

  it('is a JWT with the person as subject where the API wants one (RFC 9068 §2.2)', async () => {
    const api = await app().anApi({ accessTokenFormat: 'jwt' });
    const rp = await app().relyingParty();
    const person = await app().aPerson();

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

  it('stays for the same API when it is refreshed', async () => {
    const api = await app().anApi();
    const rp = await app().relyingParty();
    const login = await rp.login(await app().aPerson(), {
      ...offline,
      resource: api.audience,
      scope: 'openid read offline_access',
    });

    const next = await rp.refresh(login.refreshToken);

    const { body } = await rp.introspect(next.accessToken);
    assert.deepEqual([body['aud'], body['scope']], [api.audience, 'read']);
  });

  it('is for one of several APIs, chosen at the token endpoint', async () => {
    const [first, second] = [await app().anApi(), await app().anApi()];
    const rp = await app().relyingParty();
    const callback = await rp.authorize(await app().aPerson(), {
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

describeApp('an API that was not asked for is out of reach (RFC 8707 §2)', {}, (app) => {
  it('is refused at the authorization endpoint when nobody knows it', async () => {
    const rp = await app().relyingParty();
    const pending = await rp.request({ resource: 'https://unknown.example/' });

    const page = await app().browser().open(pending.url);

    assert.throws(() => rp.receive(page, pending), isAuthorizationError('invalid_target'));
  });

  it('is refused at the token endpoint when nobody knows it', async () => {
    const rp = await app().relyingParty(forItself);
    for (const resource of ['https://unknown.example/', 'not a URI', '/relative']) {
      const answer = await rp.token({ grant_type: 'client_credentials', resource });
      assertRefused(answer, 400, 'invalid_target');
    }
  });

  it('is refused when the person allowed another one', async () => {
    const [asked, other] = [await app().anApi(), await app().anApi()];
    const rp = await app().relyingParty();
    const callback = await rp.authorize(await app().aPerson(), {
      resource: asked.audience,
      scope: 'openid read',
    });

    const answer = await rp.tryExchange(callback, { resource: other.audience });

    assertRefused(answer, 400, 'invalid_target');
  });

  it('is refused at refreshing, and the family lives on', async () => {
    const [asked, other] = [await app().anApi(), await app().anApi()];
    const rp = await app().relyingParty();
    const login = await rp.login(await app().aPerson(), {
      ...offline,
      resource: asked.audience,
      scope: 'openid read offline_access',
    });

    const answer = await rp.tryRefresh(login.refreshToken, { resource: other.audience });

    assertRefused(answer, 400, 'invalid_target');
    assert.notEqual((await rp.refresh(login.refreshToken)).refreshToken, '');
  });

  it('gives a token to the app without its scopes only where the app registered others', async () => {
    const api = await app().anApi({ scopes: ['read', 'write'] });
    const rp = await app().relyingParty({ ...forItself, scope: 'read' });

    const { scope } = await rp.clientCredentials({ resource: api.audience, scope: 'read write' });

    assert.equal(scope, 'read');
  });
});

describeApp('the product’s own API opens to apps registered for it only', {}, (app) => {
  const audience = () => `${app().issuer}/auth/api`;

  it('is refused to an app without its scopes', async () => {
    const rp = await app().relyingParty(forItself);

    const answer = await rp.token({
      grant_type: 'client_credentials',
      resource: audience(),
      scope: 'users:read',
    });

    assertRefused(answer, 400, 'invalid_target');
  });

  it('gives the registered scopes and no others', async () => {
    const rp = await app().relyingParty({ ...forItself, scope: 'users:read audit:read' });

    const { scope, accessToken } = await rp.clientCredentials({
      resource: audience(),
      scope: 'users:read users:write',
    });

    assert.equal(scope, 'users:read');
    assert.equal((await rp.introspect(accessToken)).body['aud'], audience());
  });

  it('is refused to an app that a person sends, when it did not register', async () => {
    const rp = await app().relyingParty();
    const pending = await rp.request({ resource: audience(), scope: 'openid users:read' });

    const page = await app().browser().open(pending.url);

    assert.throws(() => rp.receive(page, pending), isAuthorizationError('invalid_target'));
  });
});

function isAuthorizationError(code: string): (error: unknown) => boolean {
  return (error) => error instanceof oauth.AuthorizationResponseError && error.error === code;
}
