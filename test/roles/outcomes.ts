// What tests say about answers of the protocol.
import assert from 'node:assert/strict';
import type { Answer } from './relying-party.ts';

/** What everybody hears about a token that is none of theirs (RFC 7662 §2.2), to the byte. */
export const inactive = '{"active":false}';

/** Parameters that ask for a refresh token which outlives the session. */
export const offline = { scope: 'openid offline_access', prompt: 'consent' } as const;

/** Asserts an OAuth refusal: its status, its code, nothing issued, and nothing to be cached. */
export function assertRefused(answer: Answer, status: number, error: string): void {
  const { body, headers, text } = answer;
  assert.deepEqual([answer.status, body['error']], [status, error], text);
  assert.equal(body['access_token'], undefined);
  assert.equal(body['refresh_token'], undefined);
  assert.match(headers.get('cache-control') ?? '', /no-store/);
}

export const assertInvalidGrant = (answer: Answer) => assertRefused(answer, 400, 'invalid_grant');

/** Twenty at once, of which tests then say how many got through. */
export function atOnce<Result>(work: (turn: number) => Promise<Result>): Promise<Result[]> {
  return Promise.all(Array.from({ length: 20 }, (_, turn) => work(turn)));
}

/**
 * Exactly one got through and all others were refused with that code. Where a store was too busy,
 * some were asked to come back (503): then it may be that nobody got through, but never two.
 */
export function assertOnce(answers: readonly Answer[], status: number, error: string): void {
  const isGood = (answer: Answer) => answer.status === 200;
  const isBusy = (answer: Answer) => answer.status === 503;
  const count = answers.filter(isGood).length;
  assert.ok(count === 1 || (count === 0 && answers.some(isBusy)), `${count} got through`);
  const others = answers.filter((answer) => !isGood(answer) && !isBusy(answer));
  for (const answer of others) assertRefused(answer, status, error);
}

/** The different values of one member in good answers. */
export function distinct(answers: readonly Answer[], member: string): readonly unknown[] {
  const good = answers.filter(({ status }) => status === 200);
  return [...new Set(good.map(({ body }) => body[member]))];
}
