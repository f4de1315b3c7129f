// Runs before a request, to make up for what a frozen process has missed: reloads in-memory copies that may
// be outdated, and detects connections that were closed meanwhile.
import { setImmediate, setTimeout as pause } from 'node:timers/promises';
import type { Services } from '#server/composition.ts';
import { loadCopies } from '#server/lifecycle/copies.ts';

/** The interval at which a server reloads them; on other nodes, a change takes effect within a second. */
const copiesMilliseconds = 500;
/**
 * After a longer idle time, the process may have been frozen, and may not know which connections were closed.
 */
export const frozenMilliseconds = 100;
const reconnectMilliseconds = 1000;
const retryMilliseconds = 25;

export type WakeUp = ReturnType<typeof createWakeUp>;

export function createWakeUp(services: Services) {
  const { log, now } = services;
  let loadedAt = now().getTime();
  let endedAt = loadedAt;

  async function reload(): Promise<void> {
    const at = now().getTime();
    if (at - loadedAt < copiesMilliseconds) return;
    try {
      await loadCopies(services);
      loadedAt = at;
    } catch (err) {
      // As in a server, the existing copies are used, and the next request tries again.
      log.warn({ event: 'refresh.failed', err }, 'settings could not be refreshed');
    }
  }

  return {
    async before(): Promise<void> {
      if (now().getTime() - endedAt >= frozenMilliseconds) await reconnect(services);
      await reload();
    },
    after(): void {
      endedAt = now().getTime();
    },
  };
}

/**
 * Two turns of the event loop read from every socket, after which the client libraries know which connections
 * were closed. Redis is then reconnected here; the PostgreSQL pool reconnects by itself.
 */
async function reconnect({ shortLived }: Services): Promise<void> {
  await setImmediate();
  await setImmediate();
  if (shortLived.kind !== 'redis') return;
  const until = performance.now() + reconnectMilliseconds;
  while (!(await answers(shortLived)) && performance.now() < until) await pause(retryMilliseconds);
}

async function answers({ ping }: Services['shortLived']): Promise<boolean> {
  try {
    await ping();
    return true;
  } catch {
    return false;
  }
}
