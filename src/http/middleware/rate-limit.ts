// Counts requests per client network for the rate limits that routes declare. Each node counts in
// memory, so that no request waits for a store (RateLimit header fields:
// draft-ietf-httpapi-ratelimit-headers).
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
  /** Counts the request, then continues. @throws AppError `throttled` */
  apply(limit: RateLimit, ctx: Context, next: Next): Promise<unknown>;
}

declare module 'koa' {
  interface DefaultState {
    /** For the routes that declare a limit. */
    rateLimiter: RateLimiter;
  }
}

export interface RateLimitDependencies {
  readonly enabled: boolean;
  readonly addresses: UrlAreas;
  readonly now: () => Date;
}

/** Applies the limits of the protocol endpoints, and lets later routes apply theirs. */
export function createRateLimit({ enabled, addresses, now }: RateLimitDependencies) {
  const rateLimiter = enabled ? createRateLimiter(now) : disabledRateLimiter;

  return async function limitRate(ctx: Context, next: Next): Promise<unknown> {
    ctx.state.rateLimiter = rateLimiter;
    const bodyBytes = ctx.state.body?.bytes.length ?? 0;
    const limit = findProtocolLimit(ctx.method, addresses.shorten(ctx.path), bodyBytes);
    return limit ? rateLimiter.apply(limit, ctx, next) : next();
  };
}

const disabledRateLimiter: RateLimiter = { apply: async (_limit, _ctx, next) => next() };

function createRateLimiter(now: () => Date): RateLimiter {
  const windows = new Map<string, Window>();

  function windowOf({ name, windowSeconds }: RateLimit, address: string): Window {
    const key = `${name} ${networkOf(address)}`;
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

  return {
    async apply(limit: RateLimit, ctx: Context, next: Next): Promise<unknown> {
      const window = windowOf(limit, ctx.ip);
      if (window.count >= limit.limit) {
        const retryAfterSeconds = setHeaders(ctx, limit, window);
        throw new AppError('throttled', 'Too many requests. Please try again later.', {
          retryAfterSeconds,
        });
      }
      if (!limit.failuresOnly) {
        window.count += 1;
        setHeaders(ctx, limit, window);
      }
      await next();
      if (limit.failuresOnly && ctx.status === 401) window.count += 1;
      return undefined;
    },
  };
}
