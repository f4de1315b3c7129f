// How long one request waits in vain for the database, however often it asks: who found it hanging once
// must not wait for it again. A statement that succeeds costs nothing of it.
import { createRequestSlot } from '#platform/request/request-scope.ts';

interface Waits {
  vainMilliseconds: number;
  /** Work that a request left behind goes on for long, and finds a new chance later. */
  endedAt: number;
}

const forgottenAfterMilliseconds = 4000;
const slot = createRequestSlot<Waits>('database waits');

export interface Patience {
  /** What is left of it, in milliseconds; may be less than 0. */
  left(): number;
  lose(milliseconds: number): void;
}

/** That of the current request, with `milliseconds` in all; outside a request everybody has their own. */
export function findPatience(milliseconds: number): Patience {
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
