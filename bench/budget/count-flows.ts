// Counts every flow on its second run: the cost on a busy server, not on a freshly started one.
import type { CleanUp } from '#test/support/services/databases.ts';
import { startCountedApp, type Stores } from './counted-app.ts';
import { startCounting, type Counters, type Results } from './counters.ts';
import { flows, type Flow } from './flows.ts';

export async function countFlows(
  t: CleanUp,
  stores: Stores,
): Promise<ReadonlyMap<string, Results>> {
  const app = await startCountedApp(t, stores);
  const counters = startCounting();
  const counted = new Map<string, Results>();
  const count = (flow: Flow) => countOnce(counters, () => flow(app));
  try {
    for (const [name, flow] of Object.entries(flows)) {
      await count(flow);
      counted.set(name, await count(flow));
    }
  } finally {
    counters.stop();
  }
  return counted;
}

async function countOnce(
  counters: Counters,
  prepare: () => Promise<() => Promise<void>>,
): Promise<Results> {
  const act = await prepare();
  counters.take();
  await act();
  return counters.take();
}
