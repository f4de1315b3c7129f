// Counts requests per client network for the rate limits that routes declare. Each node counts in memory, so
// that no request waits for a store; serverless functions, whose processes each see few requests, count
// together (RateLimit header fields: draft-ietf-httpapi-ratelimit-headers).
import { AppError } from '#platform/errors.ts';
import { networkOf } from '#platform/request/network.ts';
import type { UrlAreas } from '#http/url-areas.ts';
import type { Context, Next } from '#http/context.ts';
import { findProtocolLimit } from '#http/rate-limit/protocol-limits.ts';
import type { RateLimit } from '#http/rate-limit/rate-limits.ts';

/** Maximum number of counters; the oldest is evicted first. */
const rememberedAddresses = 20_000;

interface Window {
  count: number;
  readonly endsAt: number;
}

export interface RateLimiter {
  /** True if the limit refuses a request of this address; does not count a request. */
  isExhausted(limit: RateLimit, address: string): boolean;
  /** Counts a request that is not passed to `apply`. */
  count(limit: RateLimit, address: string): Promise<void>;
  /** Counts a request, and sets its headers. False if the limit refuses it, as `apply` then does. */
  admit(limit: RateLimit, ctx: Context): Promise<boolean>;
  /** Counts the request, then continues. @throws AppError `throttled` */
  apply(limit: RateLimit, ctx: Context, next: Next): Promise<unknown>;
}

declare module 'koa' {
  interface DefaultState {
    /** For the routes that declare a limit. */
    rateLimiter: RateLimiter;
  }
}

export interface RateLimiterDependencies {
  readonly enabled: boolean;
  readonly now: () => Date;
  /** Counts one more request in a window across all processes, and returns their number. */
  readonly countTogether?: CountTogether | undefined;
}

export interface RateLimitDependencies {
  readonly addresses: UrlAreas;
  readonly rateLimiter: RateLimiter;
}

export type CountTogether = (key: string, windowSeconds: number) => Promise<number>;

/** Applies the limits of the protocol endpoints, and lets later routes apply theirs. */
export function createRateLimit({ addresses, rateLimiter }: RateLimitDependencies) {
  return async function limitRate(ctx: Context, next: Next): Promise<unknown> {
    ctx.state.rateLimiter = rateLimiter;
    const bodyBytes = ctx.state.body?.bytes.length ?? 0;
    const limit = findProtocolLimit(ctx.method, addresses.shorten(ctx.path), bodyBytes);
    return limit ? rateLimiter.apply(limit, ctx, next) : next();
  };
}

const disabledRateLimiter: RateLimiter = {
  isExhausted: () => false,
  count: async () => undefined,
  admit: async () => true,
  apply: async (_limit, _ctx, next) => next(),
};

/** The counters of one process. */
export function createRateLimiter({
  enabled,
  now,
  countTogether,
}: RateLimiterDependencies): RateLimiter {
  if (!enabled) return disabledRateLimiter;
  const windows = new Map<string, Window>();

  function windowOf({ name, windowSeconds }: RateLimit, address: string): Window {
    const key = keyOf(name, address);
    const at = now().getTime();
    const known = windows.get(key);
    if (known && known.endsAt > at) return known;
    windows.delete(key);
    const [oldest] = windows.keys();
    if (windows.size >= rememberedAddresses && oldest !== undefined) windows.delete(oldest);
    const fresh = { count: 0, endsAt: at + windowSeconds * 1000 };
    windows.set(key, fresh);
    return fresh;
  }

  function setHeaders(ctx: Context, limit: RateLimit, { count, endsAt }: Window): number {
    const leftSeconds = Math.max(1, Math.ceil((endsAt - now().getTime()) / 1000));
    const name = `"${limit.name}"`;
    ctx.set('RateLimit-Policy', `${name};q=${limit.limit};w=${limit.windowSeconds}`);
    ctx.set('RateLimit', `${name};r=${Math.max(0, limit.limit - count)};t=${leftSeconds}`);
    return leftSeconds;
  }

  /** If the store is unavailable, only the requests of this process count. */
  async function addRequest(window: Window, { name, windowSeconds }: RateLimit, address: string) {
    window.count += 1;
    const together = countTogether?.(keyOf(name, address), windowSeconds);
    window.count = Math.max(window.count, (await together?.catch(() => 0)) ?? 0);
  }

  function refuse(ctx: Context, limit: RateLimit, window: Window): never {
    const retryAfterSeconds = setHeaders(ctx, limit, window);
    const message = 'Too many requests. Please try again later.';
    throw new AppError('throttled', message, { retryAfterSeconds });
  }

  async function admit(limit: RateLimit, ctx: Context): Promise<boolean> {
    const window = windowOf(limit, ctx.ip);
    if (window.count >= limit.limit) return false;
    await addRequest(window, limit, ctx.ip);
    if (window.count > limit.limit) return false;
    setHeaders(ctx, limit, window);
    return true;
  }

  return {
    admit,
    isExhausted: (limit, address) => windowOf(limit, address).count >= limit.limit,
    count: (limit, address) => addRequest(windowOf(limit, address), limit, address),
    async apply(limit: RateLimit, ctx: Context, next: Next): Promise<unknown> {
      const window = windowOf(limit, ctx.ip);
      const isAdmitted = limit.failuresOnly ? window.count < limit.limit : await admit(limit, ctx);
      if (!isAdmitted) refuse(ctx, limit, window);
      await next();
      if (limit.failuresOnly && ctx.status === 401) await addRequest(window, limit, ctx.ip);
      return undefined;
    },
  };
}

function keyOf(name: string, address: string): string {
  return `${name} ${networkOf(address)}`;
}
