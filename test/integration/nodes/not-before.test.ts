// Not-before times for a user, a client and the whole installation in every combination: each of them
// applies.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { assertInvalidGrant, inactive, offline } from '#test/support/data/outcomes.ts';
import { describeNodes } from '#test/support/faults/node-suite.ts';

/**
 * Longest delay until another node applies the change, in real time, because nodes use the system
 * clock.
 */
const noticedWithinMilliseconds = 1000;

const combinations = [
  ['user'],
  ['client'],
  ['everyone'],
  ['user', 'client'],
  ['client', 'everyone'],
  ['everyone', 'user'],
  ['user', 'client', 'everyone'],
] as const;

describeNodes('notBefore on two nodes', {}, (nodes) => {
  for (const cuts of combinations) {
    it(`revokes earlier tokens on all nodes within a second for ${cuts.join(', ')}`, async () => {
      const { blocking } = nodes().services;
      const here = await nodes().relyingParty();
      const there = await here.through(nodes().at(1).send);
      const person = await nodes().createUser();
      const login = await here.login(person, offline);
      // Both nodes have introspected the token and may have cached that it is active.
      for (const rp of [here, there]) assert.equal(await rp.isActive(login.accessToken), true);

      const by = { kind: 'operator' } as const;
      for (const cut of cuts) {
        if (cut === 'user') await blocking.revokeEverythingOf(person.id, by);
        if (cut === 'client') await blocking.revokeGrantsOfClient(here.app.clientId, by);
        if (cut === 'everyone') await blocking.signEveryoneOut(by);
      }
      await pause(noticedWithinMilliseconds);

      for (const rp of [here, there]) {
        for (const token of [login.accessToken, login.refreshToken]) {
          assert.equal((await rp.introspect(token)).text, inactive);
        }
        assert.equal((await rp.tryUserinfo(login.accessToken)).status, 401);
        assertInvalidGrant(await rp.tryRefresh(login.refreshToken));
      }
      // Revoking the tokens of a client does not end the session, which belongs to the user.
      if (cuts.length === 1 && cuts[0] === 'client') return;
      const { url } = await here.request({ prompt: 'none' });
      const { searchParams } = (await login.browser.open(url)).url;
      assert.equal(searchParams.get('error'), 'login_required');
    });
  }

  it('allows users to sign in again immediately', async () => {
    const { blocking } = nodes().services;
    const rp = await nodes().relyingParty();
    const person = await nodes().createUser();
    await rp.login(person);
    await blocking.signEveryoneOut({ kind: 'operator' });
    // Token timestamps have a resolution of one second, so a token of the same second counts as
    // older.
    await pause(noticedWithinMilliseconds);

    const login = await rp.login(person, offline);

    assert.equal(await rp.isActive(login.accessToken), true);
  });
});
