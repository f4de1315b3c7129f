// Rate limits of processes that count together, like serverless functions.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Context } from '#http/context.ts';
import {
  createRateLimit,
  createRateLimiter,
  type CountTogether,
} from '#http/middleware/rate-limit.ts';
import { createUrlAreas } from '#http/url-areas.ts';
import { isAppError } from '#platform/errors.ts';
import { createMemoryShortLived } from '#platform/short-lived/short-lived-memory.ts';

const limit = { name: 'test', limit: 3, windowSeconds: 60, reason: 'a test' };
const start = Date.parse('2030-01-01T00:00:00Z');

function startProcesses(countTogether?: CountTogether) {
  const clock = { at: start };
  const now = () => new Date(clock.at);
  const store = createMemoryShortLived({ now });
  const count: CountTogether = (key, seconds) => store.count('Throttle', key, seconds);
  const addresses = createUrlAreas('https://id.example.com');
  const open = () =>
    createRateLimit({
      addresses,
      rateLimiter: createRateLimiter({ enabled: true, now, countTogether: countTogether ?? count }),
    });
  return { clock, processes: [open(), open()] as const };
}

/** The status with which the process answers one request of this kind. */
async function send(process: ReturnType<typeof createRateLimit>, status = 200, kind = limit) {
  const ctx = { method: 'GET', path: '/', ip: '203.0.113.5', status, state: {}, set() {} };
  const apply = () => (ctx as unknown as Context).state.rateLimiter.apply(kind, ctx as never, pass);
  try {
    await process(ctx as unknown as Context, apply); // a context as far as the middleware reads it
    return status;
  } catch (error) {
    if (isAppError(error, 'throttled')) return 429;
    throw error;
  }
}

const pass = async (): Promise<void> => undefined;

describe('rate limits of several processes', () => {
  it('refuse a request after those of all processes', async () => {
    const { clock, processes } = startProcesses();
    const [one, other] = processes;
    const answers = [];
    for (const each of [one, other, one, other, one]) answers.push(await send(each));
    assert.deepEqual(answers, [200, 200, 200, 429, 429]);

    clock.at += 61_000;
    assert.equal(await send(other), 200);
  });

  it('count failures of all processes', async () => {
    const { processes } = startProcesses();
    const [one, other] = processes;
    const kind = { ...limit, failuresOnly: true };
    const answers = [];
    for (const each of [one, one, other, other]) answers.push(await send(each, 401, kind));
    assert.deepEqual(answers, [401, 401, 401, 429]);
  });

  it('apply to each process alone while the store is unavailable', async () => {
    const { processes } = startProcesses(() => Promise.reject(new Error('unavailable')));
    const answers = [];
    for (let count = 0; count < 4; count += 1) answers.push(await send(processes[0]));
    assert.deepEqual(answers, [200, 200, 200, 429]);
  });
});
