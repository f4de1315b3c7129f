// Ends the wait for statements that the server does not answer in time. One timer checks all of them,
// because a timer of its own costs a tenth of what this process does for a statement.
import { keepContext } from '#platform/request/async-context.ts';

export interface Pending {
  /** As of `performance.now()`. */
  readonly dueAt: number;
  /** Where it is in the list; written here only. */
  place: number;
  expire(): void;
}

export interface Timeouts {
  watch(pending: Pending): void;
  forget(pending: Pending): void;
}

/** Statements may take this much longer. */
const grainMilliseconds = 25;

export function createTimeouts(): Timeouts {
  // A Set would leave each statement in memory until the next full garbage collection: V8 replaces its
  // table when additions have filled it, and the former table still refers to the new one.
  const watched: Pending[] = [];
  let timer: NodeJS.Timeout | undefined;
  // Outside of the request that happens to start it. It does not keep the process running.
  const start = keepContext(() => setInterval(check, grainMilliseconds).unref());

  function check(): void {
    const now = performance.now();
    for (const pending of watched.filter(({ dueAt }) => dueAt <= now)) pending.expire();
    if (watched.length > 0) return;
    clearInterval(timer);
    timer = undefined;
  }

  return {
    watch(pending) {
      if (pending.dueAt === Infinity) return;
      pending.place = watched.push(pending) - 1;
      timer ??= start();
    },
    forget(pending) {
      const last = watched[pending.place] === pending ? watched.pop() : undefined;
      if (!last || last === pending) return;
      // The last one takes the free place, because the order does not matter.
      watched[pending.place] = last;
      last.place = pending.place;
    },
  };
}
