// Background cleanup: removes expired rows in batches with a pause in between, deletes accounts that are
// due and unused clients, expires approvals and records the end of impersonations. It may run on several nodes at once; they
// skip rows that another node has locked.
import { setTimeout as pause } from 'node:timers/promises';
import type { Log } from '#platform/logging/log.ts';
import type { Approvals } from '#core/approvals/approvals.service.ts';
import type { Deletion } from '#features/account-deletion/account-deletion.service.ts';
import type { Impersonations } from '#core/impersonations/impersonations.service.ts';
import type { UnusedClients } from '#features/client-registration/unused-clients.service.ts';
import type { ExpiredRowStore } from './expired-rows.store.ts';

const intervalMilliseconds = 60_000;
const pauseMilliseconds = 50;
/** Expired rows are kept this long, to allow for clock skew between nodes. */
const graceMilliseconds = 60_000;

export interface CleanupJobDependencies {
  readonly expired: ExpiredRowStore;
  readonly deletion: Pick<Deletion, 'runDue'>;
  readonly impersonations: Pick<Impersonations, 'settle'>;
  readonly approvals: Pick<Approvals, 'expireDue'>;
  readonly unusedClients: UnusedClients;
  readonly log: Log;
  readonly now: () => Date;
}

export function createCleanupJob(dependencies: CleanupJobDependencies) {
  const { expired, deletion, impersonations, approvals, unusedClients, log, now } = dependencies;

  /** Removes all expired rows. @returns the number of rows removed */
  async function run(signal?: AbortSignal): Promise<number> {
    const before = new Date(now().getTime() - graceMilliseconds);
    let total = 0;
    for (;;) {
      const removed = await expired.removeBatch(before);
      total += removed;
      if (removed === 0) return total;
      await pause(pauseMilliseconds, undefined, signal ? { signal } : {});
    }
  }

  /** Does everything that is due. */
  async function runDue(signal?: AbortSignal): Promise<void> {
    await impersonations.settle();
    await deletion.runDue();
    await approvals.expireDue();
    await unusedClients.removeDue();
    const removed = await run(signal);
    if (removed > 0) log.info({ event: 'rows.purged', count: removed }, 'removed expired rows');
  }

  return {
    run,
    runDue,
    /** Runs until the signal is aborted; a failure is logged, and the next run tries again. */
    async runForever(signal: AbortSignal): Promise<void> {
      while (!signal.aborted) {
        try {
          await pause(intervalMilliseconds, undefined, { signal, ref: false });
          await runDue(signal);
        } catch (error) {
          if (signal.aborted) return;
          log.warn({ event: 'purge.failed', error }, 'cleanup failed, will retry');
        }
      }
    },
  };
}
