// Apps that give tokens back (RFC 7009).
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp, describeOnEachArrangement } from '#test/app.ts';
import { assertInvalidGrant, assertRefused, inactive, offline } from '#test/roles/outcomes.ts';

describeOnEachArrangement('a revoked token is good for nothing (RFC 7009 §2.1)', (app) => {
  it('takes its family and their access tokens along: a refresh token', async () => {
    const rp = await app().relyingParty();
    const login = await rp.login(await app().aPerson(), offline);
    const next = await rp.refresh(login.refreshToken);

    const { status, text } = await rp.revoke(next.refreshToken);

    assert.deepEqual([status, text], [200, '']);
    assertInvalidGrant(await rp.tryRefresh(next.refreshToken));
    for (const token of [login.accessToken, next.accessToken, next.refreshToken]) {
      assert.equal((await rp.introspect(token)).text, inactive);
    }
  });

  it('goes alone: an access token', async () => {
    const rp = await app().relyingParty();
    const login = await rp.login(await app().aPerson(), offline);
    assert.equal(await rp.isActive(login.accessToken), true);

    await rp.revoke(login.accessToken);

    assert.equal((await rp.introspect(login.accessToken)).text, inactive);
    assert.equal((await rp.tryUserinfo(login.accessToken)).status, 401);
    assert.notEqual((await rp.refresh(login.refreshToken)).refreshToken, '');
  });

  it('goes alone, also in the JWT form', async () => {
    const api = await app().anApi({ accessTokenFormat: 'jwt' });
    const rp = await app().relyingParty();
    const login = await rp.login(await app().aPerson(), {
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

describeApp('revocation helps nobody else (RFC 7009 §2.1)', {}, (app) => {
  it('leaves tokens of another app alone, and says nothing', async () => {
    const rp = await app().relyingParty();
    const thief = await app().relyingParty({ auth: 'client_secret_basic' });
    const login = await rp.login(await app().aPerson(), offline);

    for (const token of [login.accessToken, login.refreshToken, 'never was one']) {
      const { status, text } = await thief.revoke(token);
      assert.deepEqual([status, text], [200, '']);
    }

    assert.equal(await rp.isActive(login.accessToken), true);
    assert.notEqual((await rp.refresh(login.refreshToken)).refreshToken, '');
  });

  it('is refused with a wrong secret', async () => {
    const rp = await app().relyingParty({ auth: 'client_secret_post' });
    const login = await rp.login(await app().aPerson(), offline);

    const answer = await rp.revoke(login.accessToken, { client_secret: 'x'.repeat(43) });

    assertRefused(answer, 401, 'invalid_client');
    assert.equal(await rp.isActive(login.accessToken), true);
  });

  it('finds a token whatever the hint says', async () => {
    const rp = await app().relyingParty();
    const login = await rp.login(await app().aPerson(), offline);

    await rp.revoke(login.refreshToken, { token_type_hint: 'access_token' });

    assertInvalidGrant(await rp.tryRefresh(login.refreshToken));
  });

  it('ends the family of a superseded token, which is its owner’s all the same', async () => {
    const rp = await app().relyingParty();
    const login = await rp.login(await app().aPerson(), offline);
    const next = await rp.refresh(login.refreshToken);

    await rp.revoke(login.refreshToken);

    assertInvalidGrant(await rp.tryRefresh(next.refreshToken));
  });
});
