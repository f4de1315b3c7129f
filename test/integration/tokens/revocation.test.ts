// Token revocation (RFC 7009).
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp, describeOnEachArrangement } from '#test/support/app.ts';
import {
  assertInvalidGrant,
  assertRefused,
  inactive,
  offline,
} from '#test/support/data/outcomes.ts';

describeOnEachArrangement('token revocation (RFC 7009 §2.1)', (app) => {
  it('revokes the family and its access tokens for a refresh token', async () => {
    const rp = await app().relyingParty();
    const login = await rp.login(await app().createUser(), offline);
    const next = await rp.refresh(login.refreshToken);

    const { status, text } = await rp.revoke(next.refreshToken);

    assert.deepEqual([status, text], [200, '']);
    assertInvalidGrant(await rp.tryRefresh(next.refreshToken));
    for (const token of [login.accessToken, next.accessToken, next.refreshToken]) {
      assert.equal((await rp.introspect(token)).text, inactive);
    }
  });

  it('revokes only the access token for an opaque access token', async () => {
    const rp = await app().relyingParty();
    const login = await rp.login(await app().createUser(), offline);
    assert.equal(await rp.isActive(login.accessToken), true);

    await rp.revoke(login.accessToken);

    assert.equal((await rp.introspect(login.accessToken)).text, inactive);
    assert.equal((await rp.tryUserinfo(login.accessToken)).status, 401);
    assert.notEqual((await rp.refresh(login.refreshToken)).refreshToken, '');
  });

  it('revokes only the access token for a JWT access token', async () => {
    const api = await app().createApi({ accessTokenFormat: 'jwt' });
    const rp = await app().relyingParty();
    const login = await rp.login(await app().createUser(), {
      ...offline,
      resource: api.audience,
      scope: 'openid read offline_access',
    });
    assert.equal(await rp.isActive(login.accessToken), true);

    await rp.revoke(login.accessToken);

    assert.equal((await rp.introspect(login.accessToken)).text, inactive);
    assert.notEqual((await rp.refresh(login.refreshToken)).refreshToken, '');
  });
});

describeApp('revocation request (RFC 7009 §2.1)', {}, (app) => {
  it('does not revoke a token of another client and returns 200', async () => {
    const rp = await app().relyingParty();
    const attacker = await app().relyingParty({ auth: 'client_secret_basic' });
    const login = await rp.login(await app().createUser(), offline);

    for (const token of [login.accessToken, login.refreshToken, 'never was one']) {
      const { status, text } = await attacker.revoke(token);
      assert.deepEqual([status, text], [200, '']);
    }

    assert.equal(await rp.isActive(login.accessToken), true);
    assert.notEqual((await rp.refresh(login.refreshToken)).refreshToken, '');
  });

  it('is rejected with a wrong secret', async () => {
    const rp = await app().relyingParty({ auth: 'client_secret_post' });
    const login = await rp.login(await app().createUser(), offline);

    const answer = await rp.revoke(login.accessToken, { client_secret: 'x'.repeat(43) });

    assertRefused(answer, 401, 'invalid_client');
    assert.equal(await rp.isActive(login.accessToken), true);
  });

  it('finds the token with a wrong token_type_hint', async () => {
    const rp = await app().relyingParty();
    const login = await rp.login(await app().createUser(), offline);

    await rp.revoke(login.refreshToken, { token_type_hint: 'access_token' });

    assertInvalidGrant(await rp.tryRefresh(login.refreshToken));
  });

  it('revokes the family of a superseded refresh token', async () => {
    const rp = await app().relyingParty();
    const login = await rp.login(await app().createUser(), offline);
    const next = await rp.refresh(login.refreshToken);

    await rp.revoke(login.refreshToken);

    assertInvalidGrant(await rp.tryRefresh(next.refreshToken));
  });
});
