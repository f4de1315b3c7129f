// One poll of an identity provider's stream (RFC 8936 §2), with an access token from that provider.
import { z } from 'zod';
import type { OutboundFetch } from '#platform/outbound/outbound-fetch.ts';
import { describeRequestFailure } from '#platform/outbound/request-failure.ts';
import { readRetryAfter } from '#features/webhooks/retry-after.ts';

/** The outcome of received signals, by `jti`. */
export interface HandledSignals {
  readonly ack: readonly string[];
  readonly setErrs: Readonly<Record<string, SignalError>>;
}

export interface SignalError {
  readonly err: string;
  readonly description: string;
}

export interface PollRequest extends HandledSignals {
  readonly maxEvents: number;
  /** False if the provider may wait for signals before it responds. */
  readonly returnImmediately: boolean;
}

export interface PollAnswer {
  readonly sets: readonly (readonly [jti: string, token: string])[];
  readonly moreAvailable: boolean;
}

/** The poll failed. The message is for operators. */
export class PollFailed extends Error {
  readonly status: number | undefined;
  /** The delay that the provider asked for. */
  readonly pauseSeconds: number | undefined;

  constructor(
    message: string,
    {
      status,
      pauseSeconds,
      cause,
    }: { status?: number; pauseSeconds?: number; cause?: unknown } = {},
  ) {
    super(message, { cause });
    this.status = status;
    this.pauseSeconds = pauseSeconds;
  }
}

export interface PollConnection {
  readonly fetch: OutboundFetch;
  readonly endpoint: string;
  readonly accessToken: string;
  readonly now: () => Date;
  readonly signal: AbortSignal;
}

/** Includes the time that the provider waits for signals. */
const requestMilliseconds = 40_000;
const maxAnswerBytes = 512 * 1024;
const maxPauseSeconds = 60 * 60;

const answerBody = z.looseObject({
  sets: z.record(z.string().min(1).max(255), z.string()),
  moreAvailable: z.boolean().default(false),
});

/** @throws PollFailed */
export async function sendPoll(
  { fetch, endpoint, accessToken, now, signal }: PollConnection,
  request: PollRequest,
): Promise<PollAnswer> {
  const headers = {
    authorization: `Bearer ${accessToken}`,
    'content-type': 'application/json',
    accept: 'application/json',
    'user-agent': 'Ostiary-Signals',
  };
  const limit = AbortSignal.any([signal, AbortSignal.timeout(requestMilliseconds)]);
  const sent = { method: 'POST', headers, body: bodyOf(request), maxBytes: maxAnswerBytes };
  const answer = await fetch(endpoint, { ...sent, signal: limit }).catch(failWith);
  if (!answer.ok) throw refusalOf(answer, now());
  // The response to an acknowledgement contains no signals.
  if (request.maxEvents === 0) return { sets: [], moreAvailable: false };
  const read = answerBody.safeParse(await answer.json().catch(() => undefined));
  if (!read.success) throw new PollFailed('The response is not one of RFC 8936.');
  const { sets, moreAvailable } = read.data;
  // Signals beyond the requested number are left for the next poll, which returns them again.
  return { sets: Object.entries(sets).slice(0, request.maxEvents), moreAvailable };
}

function bodyOf({ ack, setErrs, ...request }: PollRequest): string {
  return JSON.stringify({
    ...request,
    ...(ack.length === 0 ? {} : { ack }),
    ...(Object.keys(setErrs).length === 0 ? {} : { setErrs }),
  });
}

function refusalOf({ status, headers }: Response, at: Date): PollFailed {
  const isBusy = status === 429 || status === 503;
  const asked = isBusy ? readRetryAfter(headers.get('retry-after'), at) : undefined;
  return new PollFailed(`The provider responded with status ${status}.`, {
    status,
    ...(asked === undefined ? {} : { pauseSeconds: Math.min(asked, maxPauseSeconds) }),
  });
}

function failWith(cause: unknown): never {
  throw new PollFailed(describeRequestFailure(cause, 'provider'), { cause });
}
