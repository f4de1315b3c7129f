// Repeats a load twice a second, for in-memory copies that messages between nodes keep current, to make up
// for lost messages.
import { setTimeout as pause } from 'node:timers/promises';
import type { Log } from './logging/log.ts';

const intervalMilliseconds = 500;

export interface RefreshLoopOptions {
  readonly load: () => Promise<void>;
  readonly signal: AbortSignal;
  readonly log: Log;
}

/** Resolves after the signal. A failed load is logged once, and tried again. */
export async function refreshForever({ load, signal, log }: RefreshLoopOptions): Promise<void> {
  let hasFailed = false;
  while (!signal.aborted) {
    await pause(intervalMilliseconds, undefined, { signal, ref: false }).catch(() => undefined);
    if (signal.aborted) return;
    try {
      await load();
      hasFailed = false;
    } catch (err) {
      if (!hasFailed) log.warn({ event: 'refresh.failed', err }, 'settings could not be refreshed');
      hasFailed = true;
    }
  }
}
