// Redis is down, does not respond, or is full. Users stay signed in, clients keep refreshing, and
// nothing that was revoked becomes valid again. Loss of data in Redis is covered by
// data-loss.test.ts.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createApiClient, type ApiClient } from '#test/support/actors/api-client.ts';
import { assertInvalidGrant, inactive, offline } from '#test/support/data/outcomes.ts';
import { describeFault, timed, until, type FaultRig } from '#test/support/faults/fault-suite.ts';
import { startLoad } from '#test/support/faults/load.ts';

/** A request waits for Redis no longer than this, in addition to its own work. */
const timeoutMs = 200;

describeFault('unavailable Redis', {}, (rig) => {
  describe('Redis is down', () => {
    it('lets users and clients continue and reconnects automatically', async (t) => {
      const load = await startLoad(t, rig());
      const [rp, other] = await onBothNodes(rig());
      const person = await rig().createUser();
      const login = await rig().login(rp, person, offline);
      await rig().redis.kill();

      const next = await rp.refresh(login.refreshToken);
      const claims = await other.userinfo({ ...next, claims: login.claims });
      const status = (await login.browser.open('/auth/account')).status;
      await load.rounds(4);

      assert.equal(claims['sub'], person.id);
      assert.equal(await other.isActive(next.accessToken), true);
      assert.equal(status, 200);
      assert.equal(await rig().statusOf(rig().at(0), '/health/ready'), 200);
      await rig().redis.start();
      await load.settle();
    });

    it('does not prevent or delay a block', async () => {
      const [rp, other] = await onBothNodes(rig());
      const person = await rig().createUser();
      const login = await rig().login(rp, person, offline);
      await rig().redis.kill();
      const next = await rp.refresh(login.refreshToken);
      assert.equal(await other.isActive(next.accessToken), true);
      const api = await apiOf(rig());

      const answer = await api.post(`users/${person.id}/block`, { reason: 'a test' });

      assert.equal(answer.status, 200, answer.text);
      await until('inactive', async () => !(await other.isActive(next.accessToken)), 1.5);
      assert.equal((await other.tryUserinfo(next.accessToken)).status, 401);
      assertInvalidGrant(await other.tryRefresh(next.refreshToken));
      await rig().redis.start();
      await rig().recovers();
      assert.equal((await rp.introspect(next.accessToken)).text, inactive);
    });
  });

  describe('Redis does not respond', () => {
    it('delays no request beyond its deadline', async (t) => {
      const load = await startLoad(t, rig());
      const [rp] = await onBothNodes(rig());
      const login = await rig().login(rp, await rig().createUser(), offline);
      rig().redis.freeze();

      const waits: number[] = [];
      let { refreshToken } = login;
      for (let count = 0; count < 20; count += 1) {
        const { result, milliseconds } = await timed(() => rp.refresh(refreshToken));
        refreshToken = result.refreshToken;
        waits.push(milliseconds);
      }
      rig().redis.thaw();

      const [first = 0, ...others] = waits;
      t.diagnostic(`first ${first.toFixed()} ms, then at most ${Math.max(...others).toFixed()} ms`);
      assert.ok(median(others) < timeoutMs, waits.map((wait) => wait.toFixed()).join(' '));
      assert.ok(first < 5 * timeoutMs, `the first waited ${first} ms`);
      await load.settle();
    });
  });

  describe('Redis is full', () => {
    it('lets users and clients continue', async (t) => {
      const load = await startLoad(t, rig());
      const rp = await rig().relyingParty();
      const login = await rig().login(rp, await rig().createUser(), offline);

      await rig().redis.command('CONFIG', 'SET', 'maxmemory', '1');
      const next = await rp.refresh(login.refreshToken);
      await load.rounds(3);
      await rig().redis.command('CONFIG', 'SET', 'maxmemory', '0');

      assert.equal((await rp.tryUserinfo(next.accessToken)).status, 200);
      await load.settle();
    });
  });
});

async function onBothNodes(rig: FaultRig) {
  const rp = await rig.relyingParty();
  return [rp, await rp.through(rig.at(1).send)] as const;
}

/** A token that was issued during the fault. */
function apiOf(rig: FaultRig): Promise<ApiClient> {
  const { issuer, relyingParty } = rig;
  return createApiClient({ issuer, relyingParty, send: rig.at(0).send });
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
