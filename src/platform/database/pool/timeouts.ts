// Ends the wait for statements that the server does not answer in time. One timer checks all of them,
// because a timer for each costs a sixth of what this process does for a statement.
import { keepContext } from '#platform/request/async-context.ts';
import { createWaitingList, type Waiting } from '#platform/request/waiting-list.ts';

export interface Pending extends Waiting {
  /** As of `performance.now()`. */
  readonly dueAt: number;
  expire(): void;
}

export interface Timeouts {
  watch(pending: Pending): void;
  forget(pending: Pending): void;
}

/** Statements may take this much longer. */
const grainMilliseconds = 25;

export function createTimeouts(): Timeouts {
  const watched = createWaitingList<Pending>();
  let timer: NodeJS.Timeout | undefined;
  // Outside of the request that happens to start it. It does not keep the process running.
  const start = keepContext(() => setInterval(check, grainMilliseconds).unref());

  function check(): void {
    const now = performance.now();
    for (const pending of watched.filter(({ dueAt }) => dueAt <= now)) pending.expire();
    if (!watched.isEmpty()) return;
    clearInterval(timer);
    timer = undefined;
  }

  return {
    watch(pending) {
      if (pending.dueAt === Infinity) return;
      watched.add(pending);
      timer ??= start();
    },
    forget: (pending) => watched.remove(pending),
  };
}
