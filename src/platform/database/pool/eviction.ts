// Drops idle connections that the server has closed before one of them is used.
import { setImmediate } from 'node:timers/promises';

/** A pool that was used within this time has noticed by itself which connections were closed. */
const freshMilliseconds = 100;

/**
 * Lets the event loop read from every socket, whereupon the pools drop the idle connections that
 * the server closed. The first turn ends the current poll of the sockets, the second contains a
 * whole one.
 */
export async function evictClosed(): Promise<void> {
  await setImmediate();
  await setImmediate();
}

/**
 * Evicts unless the pool was used a moment ago: it hands out the connection that was released last,
 * and under load a wait for the event loop would delay every statement. Simultaneous callers share
 * the wait.
 */
export function createEviction() {
  let usedAt = performance.now();
  let pending: Promise<void> | undefined;

  async function evict(): Promise<void> {
    await evictClosed();
    usedAt = performance.now();
    pending = undefined;
  }

  return {
    noteUse(): void {
      usedAt = performance.now();
    },
    async evictUnlessFresh(): Promise<void> {
      if (performance.now() - usedAt > freshMilliseconds) await (pending ??= evict());
    },
  };
}
