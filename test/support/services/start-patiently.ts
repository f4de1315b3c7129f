// Set-up on a busy machine: the application gives up a connection after about a second, which must not fail a
// test that has not begun.
import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from '#platform/errors.ts';

/** Programs and connections of a set-up may take this long. */
export const startupSeconds = 120;

/** The message of a server that cannot start because PostgreSQL did not respond in time. */
export const unreachable = 'The database cannot be reached';

/** Repeats the start while the stores do not respond in time, for a bounded period. */
export async function startPatiently<Result>(start: () => Promise<Result>): Promise<Result> {
  const begun = performance.now();
  for (;;) {
    try {
      return await start();
    } catch (error) {
      const isBusy = error instanceof AppError && error.code === 'store_unavailable';
      if (!isBusy || performance.now() - begun > startupSeconds * 1000) throw error;
      await pause(200);
    }
  }
}
