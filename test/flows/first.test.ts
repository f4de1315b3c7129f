import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeOnEachArrangement } from '#test/app.ts';

describeOnEachArrangement('first', (app) => {
  it('signs in', async () => {
    const rp = await app().relyingParty();
    const person = await app().aPerson();
    const login = await rp.login(person, {
      scope: 'openid profile email offline_access',
      prompt: 'consent',
    });
    assert.equal(login.claims['sub'], person.id);
    const next = await rp.refresh(login.refreshToken);
    console.log(
      login.claims,
      await rp.userinfo(login),
      next.scope,
      login.browser.cookies.all(),
      (await rp.introspect(next.accessToken)).text,
      (await rp.introspect(next.refreshToken)).text,
    );
  });
});
