// Redis Cluster and Redis with Sentinel as in deploy/ha: every flow works, and the loss of a primary signs out
// no user and grants no access.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createApiClient } from '#test/support/actors/api-client.ts';
import { assertInvalidGrant, offline } from '#test/support/data/outcomes.ts';
import { describeFault, until } from '#test/support/faults/fault-suite.ts';
import { startLoad } from '#test/support/faults/load.ts';
import type { CleanUp } from '#test/support/services/databases.ts';
import { awaitRecovery, failoverSeconds } from './recovery.ts';
import { startRedisCluster, startRedisSentinel, type RedisGroup } from './redis-groups.ts';

const groups = [
  ['Redis Cluster', startRedisCluster],
  ['Redis with Sentinel', startRedisSentinel],
] as const;

for (const [name, start] of groups) {
  const late: { group?: RedisGroup } = {};
  const openRedis = async (t: CleanUp) => {
    late.group = await start(t);
    return late.group.url;
  };

  describeFault(name, { openRedis }, (rig) => {
    it('loses a primary under load, but no sign-in and no block', async (t) => {
      const load = await startLoad(t, rig());
      const rp = await rig().relyingParty();
      const other = await rp.through(rig().at(1).send);
      const api = await createApiClient({ ...rig(), send: rig().at(0).send });
      const blocked = await rig().createUser();
      const { accessToken, refreshToken } = await rig().login(rp, blocked, offline);
      const answer = await api.post(`users/${blocked.id}/block`, { reason: 'a test' });
      assert.equal(answer.status, 200, answer.text);

      await late.group?.killPrimary();
      const begun = performance.now();
      await until(
        'all data has a primary',
        async () => (await late.group?.isWhole()) === true,
        failoverSeconds,
      );
      await awaitRecovery(t, { rig: rig(), load, begun });
      await load.settle();

      assertInvalidGrant(await other.tryRefresh(refreshToken));
      assert.equal(await other.isActive(accessToken), false);
    });
  });
}
