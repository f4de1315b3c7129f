// Nodes killed without warning: no user loses a sign-in, and no consumed token becomes valid
// again.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { assertInvalidGrant, inactive, offline } from '#test/support/data/outcomes.ts';
import { describeNodes } from '#test/support/faults/node-suite.ts';

/** A rotation takes a few milliseconds; the kill arrives at a random point during or after it. */
const killWithinMilliseconds = 30;
const kills = 5;
const families = 8;

describeNodes('kill -9 during refresh token rotation (RFC 9700 §4.14.2)', {}, (nodes) => {
  it(`keeps every sign-in valid after ${kills} kills in ${families} families`, async () => {
    const [victim, witness] = [nodes().at(0), nodes().at(1)];
    const there = await (await nodes().relyingParty()).through(witness.send);
    const here = await there.through(victim.send);
    const person = await nodes().createUser();
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

      // A client that received a response before the kill receives the same successor again.
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
    assert.ok(cutOff > 0, 'no kill interrupted a rotation; shorten the delay before the kill');
  });
});

describeNodes('restart of all nodes', { settings: { REFRESH_LEEWAY_SECONDS: '1' } }, (nodes) => {
  it('keeps rejecting a superseded refresh token and accepting the others', async () => {
    const rp = await nodes().relyingParty();
    const person = await nodes().createUser();
    const [kept, reused] = [await rp.login(person, offline), await rp.login(person, offline)];
    const session = await rp.login(person);
    const keptNext = await rp.refresh(kept.refreshToken);
    const reusedNext = await rp.refresh(reused.refreshToken);
    const spent = session.callback;

    await Promise.all(nodes().nodes.map((node) => node.kill()));
    await Promise.all(nodes().nodes.map((node) => node.start()));
    // The leeway passes in real time because these nodes use the system clock.
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
});
