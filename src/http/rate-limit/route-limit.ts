// Middleware that declares the rate limit of a route next to its path and handler. Every POST route
// has either a limit or a stated reason for having none; a test of all routes demands it.
import type { Context, Handler, Next } from '#http/context.ts';
import {
  rateLimits,
  unlimitedReasons,
  type RateLimit,
  type RateLimitName,
  type UnlimitedReason,
} from './rate-limits.ts';

/** The declaration, which tests read from the route. */
export type RateLimitPolicy = { readonly limit: RateLimit } | { readonly unlimitedBecause: string };

export type RouteLimit = Handler & { readonly policy: RateLimitPolicy };

/** Counts the request before the handler runs. @throws AppError `throttled` */
export function limit(name: RateLimitName): RouteLimit {
  const chosen: RateLimit = rateLimits[name];
  const limitRoute = (ctx: Context, next: Next) => ctx.state.rateLimiter.apply(chosen, ctx, next);
  return Object.assign(limitRoute, { policy: { limit: chosen } });
}

/** States why the route needs no limit. */
export function unlimited(reason: UnlimitedReason): RouteLimit {
  const passThrough = (_ctx: Context, next: Next) => next();
  return Object.assign(passThrough, { policy: { unlimitedBecause: unlimitedReasons[reason] } });
}
