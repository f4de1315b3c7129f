// Refresh token rotation that tolerates retries: a client that repeats a request or loses a
// response receives the same successor.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { describeApp, describeOnEachArrangement } from '#test/support/app.ts';
import { holdClock } from '#test/support/clock.ts';
import {
  assertInvalidGrant,
  assertRefused,
  atOnce,
  distinct,
  offline,
} from '#test/support/data/outcomes.ts';

const day = 24 * 60 * 60;

describeOnEachArrangement('refresh token rotation (RFC 9700 §4.14.2)', (app) => {
  it('returns a new refresh token with the same scope', async () => {
    const rp = await app().relyingParty();
    const login = await rp.login(await app().createUser(), {
      ...offline,
      scope: 'openid email offline_access',
    });

    const next = await rp.refresh(login.refreshToken);

    assert.notEqual(next.refreshToken, login.refreshToken);
    assert.notEqual(next.accessToken, login.accessToken);
    assert.equal(next.scope, 'openid email offline_access');
    assert.equal(await rp.isActive(next.accessToken), true);
  });

  it('keeps sub, auth_time and amr in the ID token (OIDC Core §12.2)', async () => {
    const rp = await app().relyingParty();
    const login = await rp.login(await app().createUser(), offline);

    const { claims } = await rp.refresh(login.refreshToken);

    for (const name of ['iss', 'sub', 'aud', 'auth_time', 'acr']) {
      assert.equal(claims[name], login.claims[name], name);
    }
  });

  it('returns the same successor to twenty simultaneous requests', async () => {
    const rp = await app().relyingParty();
    const login = await rp.login(await app().createUser(), offline);

    const answers = await atOnce(() => rp.tryRefresh(login.refreshToken));

    assert.deepEqual(
      answers.map(({ status }) => status),
      Array(20).fill(200),
    );
    const [successor, ...others] = distinct(answers, 'refresh_token');
    assert.deepEqual(others, []);
    const next = await rp.refresh(String(successor));
    assert.equal(await rp.isActive(next.accessToken), true);
    assert.equal(await rp.isActive(String(answers[7]?.body['access_token'])), true);
  });

  it('returns the same successor to a client that lost the response', async () => {
    const rp = await app().relyingParty();
    const login = await rp.login(await app().createUser(), offline);

    const lost = await rp.refresh(login.refreshToken);
    const again = await rp.refresh(login.refreshToken);

    assert.equal(again.refreshToken, lost.refreshToken);
    assert.notEqual((await rp.refresh(again.refreshToken)).refreshToken, '');
  });

  it('continues for many generations', async () => {
    const rp = await app().relyingParty();
    const login = await rp.login(await app().createUser(), offline);

    let token = login.refreshToken;
    for (let generation = 0; generation < 12; generation += 1) {
      token = (await rp.refresh(token)).refreshToken;
    }

    assert.equal(await rp.isActive(token), true);
  });
});

describeApp('refresh request (RFC 6749 §6)', {}, (app) => {
  it('is rejected from another client, and the token stays valid for its own client', async () => {
    const rp = await app().relyingParty({ auth: 'client_secret_post' });
    const attacker = await app().relyingParty({ auth: 'private_key_jwt' });
    const login = await rp.login(await app().createUser(), offline);

    assertInvalidGrant(await attacker.tryRefresh(login.refreshToken));

    assert.equal(await rp.isActive(login.accessToken), true);
    assert.notEqual((await rp.refresh(login.refreshToken)).refreshToken, '');
  });

  it('cannot widen the scope', async () => {
    const rp = await app().relyingParty();
    const login = await rp.login(await app().createUser(), offline);

    const wider = await rp.tryRefresh(login.refreshToken, { scope: 'openid email' });

    assertRefused(wider, 400, 'invalid_scope');
    assert.notEqual((await rp.refresh(login.refreshToken)).refreshToken, '');
  });

  it('can narrow the scope of the access token without narrowing the refresh token', async () => {
    const rp = await app().relyingParty();
    const scope = 'openid email offline_access';
    const login = await rp.login(await app().createUser(), { ...offline, scope });

    const narrow = await rp.tryRefresh(login.refreshToken, { scope: 'openid' });

    assert.deepEqual([narrow.status, narrow.body['scope']], [200, 'openid']);
    const next = await rp.refresh(String(narrow.body['refresh_token']));
    assert.equal(next.scope, scope);
  });

  it('is rejected for a client that is not registered for the grant', async () => {
    const rp = await app().relyingParty({ grant_types: ['authorization_code'] });

    const login = await rp.login(await app().createUser(), offline);

    assert.equal(login.refreshToken, '');
  });
});

describe('lifetime of a refresh token family', () => {
  describeApp('maximum lifetime, independent of rotation', {}, (app) => {
    it('rejects the family, including its latest generation', async (t) => {
      const clock = holdClock(t);
      const rp = await app().relyingParty();
      const login = await rp.login(await app().createUser(), offline);

      clock.advance(29 * day);
      const next = await rp.refresh(login.refreshToken);
      clock.advance(1 * day + 16);

      assertInvalidGrant(await rp.tryRefresh(next.refreshToken));
    });
  });

  describeApp('status of the user', {}, (app) => {
    it('rejects the family after the user is blocked', async () => {
      const rp = await app().relyingParty();
      const person = await app().createUser();
      const login = await rp.login(person, offline);

      await app().block(person.id);

      assertInvalidGrant(await rp.tryRefresh(login.refreshToken));
      assert.equal(await rp.isActive(login.accessToken), false);
    });
  });
});
