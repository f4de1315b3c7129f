// Parses the poll of a receiver (RFC 8936 §2.2).
import { z } from 'zod';
import { readInput } from '#http/api/schemas.ts';
import { maxPolledSignals } from '#features/shared-signals/signal-types.ts';
import type { PollRequest } from '#features/shared-signals/delivery/poll.service.ts';

const maxAcknowledged = 1000;
const maxErrorLength = 200;

const jti = z.string().max(100);

const poll = z.looseObject({
  maxEvents: z.int().min(0).optional().describe('a number from 0'),
  returnImmediately: z.boolean().optional().describe('true or false'),
  ack: z.array(jti).max(maxAcknowledged).optional().describe('a list of jti values'),
  setErrs: z
    .record(jti, z.looseObject({ err: z.string(), description: z.string().optional() }))
    .optional()
    .describe('an object with an error per jti'),
});

/** @throws AppError `invalid_input` */
export function readPoll(input: unknown): PollRequest {
  const { maxEvents = maxPolledSignals, ack = [], setErrs = {} } = readInput(poll, input, 'body');
  return {
    maxEvents: Math.min(maxEvents, maxPolledSignals),
    acknowledged: ack,
    errors: Object.entries(setErrs).map(([id, { err, description }]) => ({
      id,
      error: describe(err, description),
    })),
  };
}

/** The error is shown to operators, and the receiver could send any text. */
function describe(err: string, description: string | undefined): string {
  const text = description === undefined ? err : `${err}: ${description}`;
  return text.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, maxErrorLength);
}
