// Redis answers, but slowly, or is still loading its data: a node starts all the same, those that run
// make nobody wait, and all of them are good again by themselves.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { offline } from '#test/roles/outcomes.ts';
import { describeFault, timed, type FaultRig } from '#test/rig/faults.ts';
import { startLoad } from '#test/rig/load.ts';

/** Each answer takes three times as long as anybody waits for it. */
const slowMilliseconds = 600;

describeFault('Redis is slow', { redisLine: true }, (rig) => {
  it('and a node starts all the same, and is good once Redis is', async (t) => {
    await rig().at(1).kill();
    rig().redisLine.slow(slowMilliseconds);

    const { milliseconds } = await timed(() => rig().at(1).start());
    const states = await Promise.all([stateOf(rig(), 0), stateOf(rig(), 1)]);
    rig().redisLine.heal();

    t.diagnostic(`ready after ${milliseconds.toFixed()} ms`);
    assert.deepEqual(states, ['degraded', 'degraded']);
    await rig().recovers();
  });

  it('and apps go on refreshing, without waiting', async (t) => {
    const load = await startLoad(t, rig());
    const rp = await rig().relyingParty();
    let { refreshToken } = await rig().login(rp, await rig().aPerson(), offline);
    rig().redisLine.slow(slowMilliseconds);

    const waits: number[] = [];
    for (let count = 0; count < 10; count += 1) {
      const { result, milliseconds } = await timed(() => rp.refresh(refreshToken));
      refreshToken = result.refreshToken;
      waits.push(milliseconds);
    }
    rig().redisLine.heal();

    t.diagnostic(waits.map((wait) => wait.toFixed()).join(' '));
    assert.ok((waits.toSorted((a, b) => a - b)[5] ?? 0) < slowMilliseconds, 'refreshing waits');
    await load.settle();
  });

  it('to load its data, and a node that starts meanwhile waits for it', async (t) => {
    const load = await startLoad(t, rig());
    const keys = Array.from({ length: 100 }, (_, at) => [`stone:${at}`, 'x'.repeat(2000)]);
    await rig().redis.command('MSET', ...keys.flat());
    await rig().redis.save();
    await rig().at(1).kill();

    const loaded = timed(() => rig().redis.restore(...loadsSlowly));
    const started = timed(() => rig().at(1).start());
    const times = await Promise.all([loaded, started]);

    t.diagnostic(
      `loaded, started: ${times.map((each) => each.milliseconds.toFixed()).join(', ')} ms`,
    );
    assert.ok(times[0].milliseconds > 2000);
    await load.settle();
  });
});

/** 20 ms for each key, looking at connections in between. */
const loadsSlowly = [
  '--key-load-delay',
  '20000',
  '--loading-process-events-interval-bytes',
  '1024',
];

async function stateOf({ at, issuer }: FaultRig, turn: number): Promise<unknown> {
  const body: unknown = await (await at(turn).send(`${issuer}/health/ready`)).json();
  return Object(body).status;
}
