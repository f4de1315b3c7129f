// Measures how long the service is unavailable after the loss of a server.
import type { TestContext } from 'node:test';
import { until, type FaultRig } from '#test/support/faults/fault-suite.ts';
import type { Load } from '#test/support/faults/load.ts';

/** Longer than the time-outs of deploy/ha, the election and the health checks. */
export const failoverSeconds = 60;

/** Waits until every node can sign in again; prints the time since `begun` and what clients received. */
export async function awaitRecovery(
  t: TestContext,
  { rig, load, begun }: { readonly rig: FaultRig; readonly load: Load; readonly begun: number },
): Promise<void> {
  const recovers = () =>
    rig.recovers().then(
      () => true,
      () => false,
    );
  await until('sign-ins work again', recovers, failoverSeconds);
  const seconds = ((performance.now() - begun) / 1000).toFixed(1);
  t.diagnostic(`${seconds} s until every node could sign in again`);
  t.diagnostic(`${load.ledger.count(503)} responses with 503 under load`);
}
