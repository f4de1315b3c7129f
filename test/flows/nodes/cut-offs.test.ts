// Cut-offs for a person, an app, and everybody, in every combination: the widest and the narrowest
// hold at once (C14, CVE-2026-8922).
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { assertInvalidGrant, inactive, offline } from '#test/roles/outcomes.ts';
import { describeNodes } from '#test/rig/suite.ts';

/** The longest that another node may take to notice, in real time: nodes have their own clocks. */
const noticedWithinMilliseconds = 1000;

const combinations = [
  ['person'],
  ['app'],
  ['everybody'],
  ['person', 'app'],
  ['app', 'everybody'],
  ['everybody', 'person'],
  ['person', 'app', 'everybody'],
] as const;

describeNodes('nothing from before a cut-off is accepted on any node', {}, (nodes) => {
  for (const cuts of combinations) {
    it(`is over within a second for ${cuts.join(', ')}`, async () => {
      const { blocking } = nodes().installation.services;
      const here = await nodes().relyingParty();
      const there = await here.through(nodes().at(1).send);
      const person = await nodes().aPerson();
      const login = await here.login(person, offline);
      // Both nodes know the token and may remember that it was good.
      for (const rp of [here, there]) assert.equal(await rp.isActive(login.accessToken), true);

      const by = { kind: 'operator' } as const;
      for (const cut of cuts) {
        if (cut === 'person') await blocking.revokeEverythingOf(person.id, by);
        if (cut === 'app') await blocking.revokeGrantsOfClient(here.app.clientId, by);
        if (cut === 'everybody') await blocking.signEveryoneOut(by);
      }
      await pause(noticedWithinMilliseconds);

      for (const rp of [here, there]) {
        for (const token of [login.accessToken, login.refreshToken]) {
          assert.equal((await rp.introspect(token)).text, inactive);
        }
        assert.equal((await rp.tryUserinfo(login.accessToken)).status, 401);
        assertInvalidGrant(await rp.tryRefresh(login.refreshToken));
      }
      // An app's cut-off says nothing about the session, which is the person's.
      if (cuts.length === 1 && cuts[0] === 'app') return;
      const { url } = await here.request({ prompt: 'none' });
      const { searchParams } = (await login.browser.open(url)).url;
      assert.equal(searchParams.get('error'), 'login_required');
    });
  }

  it('lets everybody begin anew at once', async () => {
    const { blocking } = nodes().installation.services;
    const rp = await nodes().relyingParty();
    const person = await nodes().aPerson();
    await rp.login(person);
    await blocking.signEveryoneOut({ kind: 'operator' });
    // Tokens carry whole seconds: one of the same second counts as older.
    await pause(noticedWithinMilliseconds);

    const login = await rp.login(person, offline);

    assert.equal(await rp.isActive(login.accessToken), true);
  });
});
