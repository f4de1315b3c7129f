// Holds polls for which no signal is pending (RFC 8936 §2.2, `returnImmediately`). A held poll is repeated
// every second, including its authorization: a block of the receiver ends it at once, and it occupies no
// store connection meanwhile.
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';

/** Shorter than the usual timeouts of proxies and clients. */
export const maxHeldSeconds = 10;
/** Maximum number of held polls; further ones are answered at once. */
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
  /** Repeats the poll. @throws if the receiver is no longer authorized */
  readonly again: () => Promise<Answer>;
  /** True if the connection is closed. */
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
