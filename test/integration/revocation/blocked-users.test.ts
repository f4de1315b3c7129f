// A user who is blocked in the middle of a protocol flow.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeOnEachArrangement } from '#test/support/app.ts';
import { assertInvalidGrant, inactive, offline } from '#test/support/data/outcomes.ts';

describeOnEachArrangement('blocked user', (app) => {
  it('cannot sign in with the correct password and sees that the account is blocked', async () => {
    const rp = await app().relyingParty();
    const { id, email: login, password } = await app().createUser();
    await app().block(id);
    const page = await app()
      .browser()
      .open((await rp.request()).url);

    const refused = await page.press('sign-in', { login, password });

    assert.equal(refused.status, 422);
    assert.match(refused.text, /You can’t sign in with this account at the moment/);
  });

  it('sees the ordinary error for a wrong password', async () => {
    const rp = await app().relyingParty();
    const { id, email: login } = await app().createUser();
    await app().block(id);
    const page = await app()
      .browser()
      .open((await rp.request()).url);

    const refused = await page.press('sign-in', { login, password: 'not the right words' });

    assert.match(refused.text, /The email address or password is incorrect/);
  });

  it('is redirected to the sign-in page when blocked during a session', async () => {
    const rp = await app().relyingParty();
    const person = await app().createUser();
    const { browser } = await rp.login(person);
    const attacker = browser.copy();
    await app().block(person.id);

    const page = await browser.open((await rp.request()).url);
    const silent = await attacker.open((await rp.request({ prompt: 'none' })).url);

    assert.deepEqual([page.status, page.has('sign-in')], [200, true]);
    assert.equal(silent.url.searchParams.get('error'), 'login_required');
    assert.equal((await attacker.open('/auth/account')).has('sign-in'), true);
  });

  it('has no active access token or refresh token', async () => {
    const rp = await app().relyingParty();
    const person = await app().createUser();
    const login = await rp.login(person, offline);
    assert.equal(await rp.isActive(login.accessToken), true);
    assert.equal(await rp.isActive(login.refreshToken), true);

    await app().block(person.id);

    for (const token of [login.accessToken, login.refreshToken]) {
      assert.equal((await rp.introspect(token)).text, inactive);
    }
    assert.equal((await rp.tryUserinfo(login.accessToken)).status, 401);
    assertInvalidGrant(await rp.tryRefresh(login.refreshToken));
  });

  it('cannot submit a consent page that was already open', async () => {
    const rp = await app().relyingParty();
    const { id, email: login, password } = await app().createUser();
    const page = await app()
      .browser()
      .open((await rp.request()).url);
    const consent = await page.press('sign-in', { login, password });
    await app().block(id);

    const after = await consent.press('allow');

    assert.equal(after.url.searchParams.has('code'), false, after.url.href);
    assert.ok(after.status < 500, `${after.status} ${after.text}`);
  });

  it('does not regain earlier tokens or sessions after being unblocked', async () => {
    const rp = await app().relyingParty();
    const person = await app().createUser();
    const login = await rp.login(person, offline);
    await app().block(person.id);

    await app().services.blocking.unblockUser(person.id, { kind: 'operator' });

    assert.equal((await rp.introspect(login.accessToken)).text, inactive);
    assertInvalidGrant(await rp.tryRefresh(login.refreshToken));
  });
});
