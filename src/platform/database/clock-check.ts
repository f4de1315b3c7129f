// Whether the clock of this node can be trusted. Nodes judge the age of tokens by their own clocks and
// forgive each other some seconds, so each of them must keep near the one that all share: the
// database's. A node that does not is not ready; fixing its clock is left to NTP.
import { isAppError } from '#platform/errors.ts';
import type { Database, Statement } from './postgres.ts';

/** A third of what is forgiven: two nodes may differ in opposite directions. */
const mostMilliseconds = 5000;

const readClock: Statement = {
  name: 'clock_check',
  text: 'select clock_timestamp() as at',
};

export interface ClockCheckDependencies {
  readonly db: Database;
  readonly now: () => Date;
}

export function createClockCheck({ db, now }: ClockCheckDependencies) {
  /** Positive when this node is ahead; as near to zero as the time for asking allows. */
  async function difference(): Promise<number> {
    const asked = now().getTime();
    const { rows } = await db.run<{ at: Date }>(readClock, []);
    const heard = now().getTime();
    const at = rows[0]?.at.getTime() ?? heard;
    return Math.max(0, asked - at) - Math.max(0, at - heard);
  }

  return {
    /** @throws an Error that says by how much the clock is wrong */
    async check(): Promise<void> {
      // An embedded database has no clock but this machine's.
      if (db.kind === 'embedded') return;
      let milliseconds = 0;
      try {
        milliseconds = await difference();
      } catch (error) {
        // A database that is away is reported as such, not as a wrong clock.
        if (!isAppError(error, 'store_unavailable')) throw error;
      }
      if (Math.abs(milliseconds) <= mostMilliseconds) return;
      const seconds = (Math.abs(milliseconds) / 1000).toFixed(1);
      const direction = milliseconds > 0 ? 'ahead of' : 'behind';
      throw new Error(`the clock of this node is ${seconds} s ${direction} that of the database`);
    },
  };
}

export type ClockCheck = ReturnType<typeof createClockCheck>;
