// Keeps the tables small: from time to time removes what has expired, and accounts whose time has come, with a
// breath between two of them. Several nodes may do it at once; they skip each other's rows.
import { setTimeout as pause } from 'node:timers/promises';
import type { Log } from '#platform/logging/log.ts';
import type { Deletion } from '#features/account-deletion/account-deletion.service.ts';
import type { ExpiredRowStore } from './expired-rows.store.ts';

const everyMilliseconds = 60_000;
const breathMilliseconds = 50;
/** Expired rows stay a little, for clocks that differ. */
const graceMilliseconds = 60_000;

export interface PurgeDependencies {
  readonly expired: ExpiredRowStore;
  readonly deletion: Pick<Deletion, 'runDue'>;
  readonly log: Log;
  readonly now: () => Date;
}

export function createPurge({ expired, deletion, log, now }: PurgeDependencies) {
  /** Removes everything that has expired; returns how many rows. */
  async function run(signal?: AbortSignal): Promise<number> {
    const before = new Date(now().getTime() - graceMilliseconds);
    let total = 0;
    for (;;) {
      const removed = await expired.purgeBatch(before);
      total += removed;
      if (removed === 0) return total;
      await pause(breathMilliseconds, undefined, signal ? { signal } : {});
    }
  }

  return {
    run,
    /** Runs until the signal; a failure is logged and tried again later. */
    async runForever(signal: AbortSignal): Promise<void> {
      while (!signal.aborted) {
        try {
          await pause(everyMilliseconds, undefined, { signal, ref: false });
          await deletion.runDue();
          const removed = await run(signal);
          if (removed > 0)
            log.info({ event: 'rows.purged', count: removed }, 'removed expired rows');
        } catch (error) {
          if (signal.aborted) return;
          log.warn({ event: 'purge.failed', error }, 'will try again');
        }
      }
    },
  };
}

export type Purge = ReturnType<typeof createPurge>;
