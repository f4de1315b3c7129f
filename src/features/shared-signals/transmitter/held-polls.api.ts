// Holds polls for which nothing waits yet (RFC 8936 §2.2, `returnImmediately`). A held poll is asked
// again each second, with the whole authorization: a block of the receiver ends it at once, and no
// connection to a store is kept meanwhile.
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';

/** Less than proxies and clients usually wait for a response. */
export const maxHeldSeconds = 10;
/** Further polls are answered at once. */
const maxHeldPolls = 200;
const pauseMilliseconds = 1000;

const poll = z.looseObject({
  returnImmediately: z.boolean().optional(),
  maxEvents: z.number().optional(),
});
const empty = z.strictObject({
  sets: z.record(z.string(), z.never()),
  moreAvailable: z.literal(false),
});

interface HeldPoll<Answer> {
  readonly body: unknown;
  readonly first: Promise<Answer>;
  /** Asks again. @throws if the receiver may no longer ask */
  readonly again: () => Promise<Answer>;
  /** True if no response can be sent any more. */
  readonly isGone: () => boolean;
}

export function createHeldPolls() {
  let held = 0;

  return async function hold<Answer>(request: HeldPoll<Answer>): Promise<Answer> {
    const { body, first, again, isGone } = request;
    let answer = await first;
    if (!waits(body) || held >= maxHeldPolls) return answer;
    held += 1;
    try {
      for (let turn = 0; turn < maxHeldSeconds && isEmpty(answer) && !isGone(); turn += 1) {
        await pause(pauseMilliseconds);
        answer = await again();
      }
      return answer;
    } finally {
      held -= 1;
    }
  };
}

/** A poll that only acknowledges does not wait for events. */
function waits(body: unknown): boolean {
  const read = poll.safeParse(body);
  return read.success && read.data.returnImmediately !== true && read.data.maxEvents !== 0;
}

function isEmpty(answer: unknown): boolean {
  return empty.safeParse(answer).success;
}
