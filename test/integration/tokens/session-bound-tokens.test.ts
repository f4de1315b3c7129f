// Without offline_access, tokens end with the browser session; with it, they outlive the session
// (OIDC Core §11).
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp, describeOnEachArrangement } from '#test/support/app.ts';
import { holdClock } from '#test/support/clock.ts';
import { assertInvalidGrant, inactive, offline } from '#test/support/data/outcomes.ts';

describeOnEachArrangement('refresh tokens and the browser session', (app) => {
  it('are accepted without offline_access while the session lasts', async () => {
    const rp = await app().relyingParty();
    const login = await rp.login(await app().createUser());

    const next = await rp.refresh(login.refreshToken);

    assert.equal(await rp.isActive(next.accessToken), true);
  });

  it('are revoked without offline_access when the user signs out', async () => {
    const rp = await app().relyingParty();
    const login = await rp.login(await app().createUser());

    await (await login.browser.open(rp.logoutUrl())).press('sign-out');

    assertInvalidGrant(await rp.tryRefresh(login.refreshToken));
    for (const token of [login.accessToken, login.refreshToken]) {
      assert.equal((await rp.introspect(token)).text, inactive);
    }
    assert.equal((await rp.tryUserinfo(login.accessToken)).status, 401);
  });

  it('remain valid after sign-out when offline_access was granted', async () => {
    const rp = await app().relyingParty();
    const login = await rp.login(await app().createUser(), offline);

    await (await login.browser.open(rp.logoutUrl())).press('sign-out');

    assert.equal(await rp.isActive(login.accessToken), true);
    const next = await rp.refresh(login.refreshToken);
    assert.equal(
      (await rp.userinfo({ ...next, claims: login.claims }))['sub'],
      login.claims['sub'],
    );
  });

  it('remain valid after sign-out in another browser', async () => {
    const rp = await app().relyingParty();
    const person = await app().createUser();
    const [here, there] = [await rp.login(person), await rp.login(person)];

    await (await there.browser.open(rp.logoutUrl())).press('sign-out');

    assert.notEqual((await rp.refresh(here.refreshToken)).refreshToken, '');
  });
});

describeApp('session expiry', { settings: { SESSION_IDLE_SECONDS: '600' } }, (app) => {
  it('invalidates the refresh tokens of the session', async (t) => {
    const clock = holdClock(t);
    const rp = await app().relyingParty();
    const login = await rp.login(await app().createUser());

    clock.advance(601);

    assertInvalidGrant(await rp.tryRefresh(login.refreshToken));
  });
});
