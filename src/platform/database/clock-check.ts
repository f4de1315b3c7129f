// Compares the clock of this node with the clock of the database. Nodes judge the age of tokens by
// their own clocks with a tolerance of some seconds, so each must stay close to the clock that all
// share. A node that does not is reported as not ready; NTP has to correct its clock.
import { isAppError } from '#platform/errors.ts';
import type { Database, Statement } from './postgres.ts';

/** A third of the tolerance: two nodes may deviate in opposite directions. */
const maxMilliseconds = 5000;

const readClock: Statement = {
  name: 'clock_check',
  text: 'select clock_timestamp() as at',
};

export interface ClockCheckDependencies {
  readonly db: Database;
  readonly now: () => Date;
}

export function createClockCheck({ db, now }: ClockCheckDependencies) {
  /** Positive when this node is ahead; the round trip is accounted for as far as possible. */
  async function difference(): Promise<number> {
    const before = now().getTime();
    const { rows } = await db.run<{ at: Date }>(readClock, []);
    const after = now().getTime();
    const at = rows[0]?.at.getTime() ?? after;
    return Math.max(0, before - at) - Math.max(0, at - after);
  }

  return {
    /** @throws Error that states the deviation of the clock */
    async check(): Promise<void> {
      // An embedded database uses the clock of this machine.
      if (db.kind === 'embedded') return;
      let milliseconds = 0;
      try {
        milliseconds = await difference();
      } catch (error) {
        // An unreachable database is reported as such and not as a wrong clock.
        if (!isAppError(error, 'store_unavailable')) throw error;
      }
      if (Math.abs(milliseconds) <= maxMilliseconds) return;
      const seconds = (Math.abs(milliseconds) / 1000).toFixed(1);
      const direction = milliseconds > 0 ? 'ahead of' : 'behind';
      throw new Error(`the clock of this node is ${seconds} s ${direction} that of the database`);
    },
  };
}

export type ClockCheck = ReturnType<typeof createClockCheck>;
