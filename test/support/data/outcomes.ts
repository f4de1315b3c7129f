// Assertions about protocol responses.
import assert from 'node:assert/strict';
import type { Answer } from '#test/support/actors/relying-party.ts';

/** The exact response for an inactive or unknown token (RFC 7662 §2.2). */
export const inactive = '{"active":false}';

/** Parameters that request a refresh token that outlives the session. */
export const offline = { scope: 'openid offline_access', prompt: 'consent' } as const;

/** Asserts an OAuth error response: status, error code, no tokens and no caching. */
export function assertRefused(answer: Answer, status: number, error: string): void {
  const { body, headers, text } = answer;
  assert.deepEqual([answer.status, body['error']], [status, error], text);
  assert.equal(body['access_token'], undefined);
  assert.equal(body['refresh_token'], undefined);
  assert.match(headers.get('cache-control') ?? '', /no-store/);
}

export const assertInvalidGrant = (answer: Answer) => assertRefused(answer, 400, 'invalid_grant');

/** Runs twenty concurrent attempts. */
export function atOnce<Result>(work: (turn: number) => Promise<Result>): Promise<Result[]> {
  return Promise.all(Array.from({ length: 20 }, (_, turn) => work(turn)));
}

/**
 * Asserts that one response succeeded and the others have this error. If some responses are 503
 * because a store was busy, none may have succeeded, but never two.
 */
export function assertOnce(answers: readonly Answer[], status: number, error: string): void {
  const isSuccess = (answer: Answer) => answer.status === 200;
  const isBusy = (answer: Answer) => answer.status === 503;
  const count = answers.filter(isSuccess).length;
  assert.ok(count === 1 || (count === 0 && answers.some(isBusy)), `${count} succeeded`);
  const others = answers.filter((answer) => !isSuccess(answer) && !isBusy(answer));
  for (const answer of others) assertRefused(answer, status, error);
}

/** The distinct values of a member in the successful responses. */
export function distinct(answers: readonly Answer[], member: string): readonly unknown[] {
  const good = answers.filter(({ status }) => status === 200);
  return [...new Set(good.map(({ body }) => body[member]))];
}
