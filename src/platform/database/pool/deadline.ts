// Total time that one request may wait for an unresponsive database, over all its statements. A
// successful statement does not count.
import { createRequestSlot } from '#platform/request/request-scope.ts';

interface Waits {
  vainMilliseconds: number;
  /** Background work that a request started runs for longer and gets a new allowance later. */
  endedAt: number;
}

const forgottenAfterMilliseconds = 4000;
const slot = createRequestSlot<Waits>('database waits');

export interface Deadline {
  /** Remaining milliseconds; may be negative. */
  left(): number;
  lose(milliseconds: number): void;
}

/**
 * The allowance of the current request, `milliseconds` in total; outside a request each call gets
 * its own.
 */
export function findDeadline(milliseconds: number): Deadline {
  const waits = slot.get() ?? { vainMilliseconds: 0, endedAt: 0 };
  slot.set(waits);
  return {
    left() {
      const isForgotten = performance.now() - waits.endedAt > forgottenAfterMilliseconds;
      if (isForgotten) waits.vainMilliseconds = 0;
      return milliseconds - waits.vainMilliseconds;
    },
    lose(lost) {
      waits.vainMilliseconds += lost;
      waits.endedAt = performance.now();
    },
  };
}
