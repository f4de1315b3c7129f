// Deadlines of commands. They count only time in which the event loop was free: an answer that has
// arrived cannot be read while this process computes, or while it gets no processor, and the server is
// not to blame. The time is counted in ticks; however late a tick is, it counts once.
import { createWaitingList, type Waiting } from '#platform/request/waiting-list.ts';

/** In milliseconds. A busy process extends each tick by the time in which its event loop was busy. */
const tickMs = 25;

interface Call extends Waiting {
  readonly untilTick: number;
  readonly expire: () => void;
}

/**
 * Creates deadlines of the same length, which share one timer while a command waits.
 * @param milliseconds the time within which an answer must arrive
 */
export function createDeadlines(milliseconds: number) {
  const length = Math.ceil(milliseconds / tickMs);
  const waiting = createWaitingList<Call>();
  let ticks = 0;
  let isTicking = false;

  function schedule(): void {
    isTicking = !waiting.isEmpty();
    // Timers run before sockets are read, and `setImmediate` after: what has arrived is read first.
    if (isTicking) setTimeout(() => setImmediate(tick), tickMs);
  }

  function tick(): void {
    ticks += 1;
    for (const each of waiting.filter(({ untilTick }) => untilTick <= ticks)) {
      waiting.remove(each);
      each.expire();
    }
    schedule();
  }

  return {
    /** Settles as the answer does, or rejects at the deadline; it never waits longer. */
    before<Answer>(answer: Promise<Answer>): Promise<Answer> {
      return new Promise((resolve, reject) => {
        // The current tick may have begun earlier, so it does not count.
        const untilTick = ticks + length + (isTicking ? 1 : 0);
        const expire = () => reject(new Error(`no answer within ${milliseconds} ms`));
        const own: Call = { untilTick, expire, place: -1 };
        waiting.add(own);
        if (!isTicking) schedule();
        const settle = () => waiting.remove(own);
        answer.then(resolve, reject).then(settle, settle);
      });
    },
  };
}
