// Nodes that are killed: nobody loses a sign-in by it, and nothing that was spent comes back.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { assertInvalidGrant, inactive, offline } from '#test/roles/outcomes.ts';
import { describeNodes } from '#test/rig/suite.ts';

/** A rotation takes some milliseconds; the kill comes at a random one of them, or after. */
const killWithinMilliseconds = 30;
const kills = 5;
const families = 8;

describeNodes('kill -9 in the middle of rotations (X10, RFC 9700 §4.14.2)', {}, (nodes) => {
  it(`never costs a sign-in: ${kills} kills in ${families} families`, async () => {
    const [victim, witness] = [nodes().at(0), nodes().at(1)];
    const there = await (await nodes().relyingParty()).through(witness.send);
    const here = await there.through(victim.send);
    const person = await nodes().aPerson();
    let tokens: string[] = [];
    for (let family = 0; family < families; family += 1) {
      tokens.push((await there.login(person, offline)).refreshToken);
    }

    let cutOff = 0;
    for (let kill = 0; kill < kills; kill += 1) {
      const rotating = tokens.map((token) => here.tryRefresh(token).catch(() => undefined));
      await pause(Math.random() * killWithinMilliseconds);
      await victim.kill();
      const answers = await Promise.all(rotating);
      const retried = await Promise.all(tokens.map((token) => there.refresh(token)));

      // What a client did hear before the kill is what it hears again.
      for (const [turn, answer] of answers.entries()) {
        if (answer === undefined) cutOff += 1;
        if (answer?.status !== 200) continue;
        assert.equal(retried[turn]?.refreshToken, answer.body['refresh_token']);
      }
      const next = await Promise.all(
        retried.map(({ refreshToken }) => there.refresh(refreshToken)),
      );
      tokens = next.map(({ refreshToken }) => refreshToken);
      await victim.start();
    }

    for (const token of tokens) assert.equal(await there.isActive(token), true);
    assert.ok(cutOff > 0, 'no kill came in time: make it come sooner');
  });
});

describeNodes(
  'a restart forgets nothing (C13, CVE-2026-9802)',
  { settings: { REFRESH_LEEWAY_SECONDS: '1' } },
  (nodes) => {
    it('refuses a superseded token after all nodes were killed, and honours the others', async () => {
      const rp = await nodes().relyingParty();
      const person = await nodes().aPerson();
      const [kept, reused] = [await rp.login(person, offline), await rp.login(person, offline)];
      const session = await rp.login(person);
      const keptNext = await rp.refresh(kept.refreshToken);
      const reusedNext = await rp.refresh(reused.refreshToken);
      const spent = session.callback;

      await Promise.all(nodes().nodes.map((node) => node.kill()));
      await Promise.all(nodes().nodes.map((node) => node.start()));
      // The leeway is real time here: the nodes have clocks of their own.
      await pause(1100);

      assertInvalidGrant(await rp.tryRefresh(reused.refreshToken));
      assertInvalidGrant(await rp.tryRefresh(reusedNext.refreshToken));
      assert.notEqual((await rp.refresh(keptNext.refreshToken)).refreshToken, '');
      assert.equal(await rp.isActive(kept.accessToken), true);
      const again = await rp.login(person, { prompt: 'none' }, session.browser);
      assert.equal(again.claims['auth_time'], session.claims['auth_time']);
      assertInvalidGrant(await rp.tryExchange(spent));
      assert.equal((await rp.introspect(session.accessToken)).text, inactive);
    });
  },
);
