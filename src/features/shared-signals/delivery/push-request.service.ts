// One push of a SET over HTTP (RFC 8935 §2), and what its response means.
import type { OutboundFetch } from '#platform/outbound/outbound-fetch.ts';
import { describeRequestFailure } from '#platform/outbound/request-failure.ts';
import { readRetryAfter } from '#features/webhooks/retry-after.ts';

export type PushOutcome =
  | { readonly kind: 'accepted' }
  /** The receiver has rejected this SET permanently. */
  | { readonly kind: 'refused'; readonly error: string }
  | { readonly kind: 'failed'; readonly error: string; readonly pauseSeconds: number | undefined };

export interface PushRequest {
  readonly url: string;
  readonly authorization: string | undefined;
  readonly token: string;
  readonly at: Date;
  readonly signal: AbortSignal;
}

const requestMilliseconds = 10_000;
/** Errors about the SET itself; the others are about the connection (RFC 8935 §2.4). */
const refusals: readonly unknown[] = ['invalid_request', 'invalid_issuer', 'invalid_audience'];

export async function sendPush(
  fetch: OutboundFetch,
  { url, authorization, token, at, signal }: PushRequest,
): Promise<PushOutcome> {
  const headers = {
    'content-type': 'application/secevent+jwt',
    accept: 'application/json',
    'user-agent': 'Ostiary-Signals',
    ...(authorization === undefined ? {} : { authorization }),
  };
  const limit = AbortSignal.any([signal, AbortSignal.timeout(requestMilliseconds)]);
  try {
    const answer = await fetch(url, { method: 'POST', headers, body: token, signal: limit });
    return await readAnswer(answer, at);
  } catch (error) {
    return {
      kind: 'failed',
      error: describeRequestFailure(error, 'receiver'),
      pauseSeconds: undefined,
    };
  }
}

async function readAnswer(answer: Response, at: Date): Promise<PushOutcome> {
  const { status } = answer;
  if (status >= 200 && status < 300) return { kind: 'accepted' };
  const error = `The receiver responded with status ${status}`;
  const code = status === 400 ? await readErrorCode(answer) : undefined;
  if (code !== undefined && refusals.includes(code)) {
    return { kind: 'refused', error: `${error} (${code}).` };
  }
  const isBusy = status === 429 || status === 503;
  const pauseSeconds = isBusy ? readRetryAfter(answer.headers.get('retry-after'), at) : undefined;
  return {
    kind: 'failed',
    error: `${error}${code === undefined ? '' : ` (${code})`}.`,
    pauseSeconds,
  };
}

async function readErrorCode(answer: Response): Promise<string | undefined> {
  try {
    const { err }: { err?: unknown } = JSON.parse(await answer.text()) ?? {};
    return typeof err === 'string' && /^\w{1,64}$/.test(err) ? err : undefined;
  } catch {
    return undefined;
  }
}
