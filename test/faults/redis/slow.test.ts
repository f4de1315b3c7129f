// Redis responds slowly or is still loading its data. A node starts nevertheless, running nodes
// respond in time, and all nodes recover automatically.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { offline } from '#test/support/data/outcomes.ts';
import { describeFault, timed, type FaultRig } from '#test/support/faults/fault-suite.ts';
import { startLoad } from '#test/support/faults/load.ts';

/** Each response takes three times as long as a node waits for it. */
const slowMilliseconds = 600;

describeFault('slow Redis', { redisLine: true }, (rig) => {
  it('does not prevent a node from starting, and the node recovers with Redis', async (t) => {
    await rig().at(1).kill();
    rig().redisLine.slow(slowMilliseconds);

    const { milliseconds } = await timed(() => rig().at(1).start());
    const states = await Promise.all([stateOf(rig(), 0), stateOf(rig(), 1)]);
    rig().redisLine.heal();

    t.diagnostic(`ready after ${milliseconds.toFixed()} ms`);
    assert.deepEqual(states, ['degraded', 'degraded']);
    await rig().recovers();
  });

  it('does not delay refresh requests', async (t) => {
    const load = await startLoad(t, rig());
    const rp = await rig().relyingParty();
    let { refreshToken } = await rig().login(rp, await rig().createUser(), offline);
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

  it('delays the start of a node until Redis has loaded its data', async (t) => {
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

/** The load takes 20 ms per key and handles connections in between. */
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
