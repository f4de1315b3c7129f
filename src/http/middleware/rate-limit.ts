// Rate limits per client address for endpoints that cost resources: registration, sign-in, pushed
// requests, failed authentication. Each node counts in memory, so that no request waits for a store
// (RateLimit header fields: draft-ietf-httpapi-ratelimit-headers).
import { AppError } from '#platform/errors.ts';
import { networkOf } from '#platform/request/network.ts';
import type { Addresses } from '#http/url-areas.ts';
import type { Context, Next } from '#http/context.ts';
import { longestTarget } from '#http/request/request-target.ts';

interface RateLimit {
  readonly name: string;
  readonly method: 'GET' | 'POST';
  readonly path: RegExp;
  /** Requests per address and window. */
  readonly limit: number;
  readonly windowSeconds: number;
  /** If true, only failed authentication counts; an authenticated client is not limited. */
  readonly failuresOnly?: boolean;
  /** The limit applies only to requests whose body is larger than this. */
  readonly bodyAboveBytes?: number;
}

/**
 * All rate limits. Introspection has none for authenticated callers: a resource server may
 * introspect thousands of tokens per second.
 */
export const doors: readonly RateLimit[] = [
  {
    name: 'register',
    method: 'POST',
    path: /^\/auth\/(?:register|interaction\/[^/]+\/register)$/,
    limit: 100,
    windowSeconds: 600,
  },
  {
    name: 'mail proof',
    method: 'POST',
    path: /^\/auth\/(?:recover|sign-in\/mail|account\/email|verify|invitation|interaction\/[^/]+\/(?:verify|recover|mail))(?:\/|$)/,
    limit: 100,
    windowSeconds: 600,
  },
  // Each challenge is stored until it expires.
  {
    name: 'passkey',
    method: 'POST',
    path: /^\/auth\/(?:sign-in|interaction\/[^/]+)\/(?:second-factor\/)?passkey(?:\/options)?$/,
    limit: 1200,
    windowSeconds: 600,
  },
  // Each sends a request to an identity provider and stores state for the callback.
  {
    name: 'other providers',
    method: 'POST',
    path: /^\/auth\/(?:with\/[^/]+(?:\/one-tap)?|(?:sign-in|interaction\/[^/]+)\/with)$/,
    limit: 300,
    windowSeconds: 600,
  },
  { name: 'setup', method: 'POST', path: /^\/auth\/setup\//, limit: 20, windowSeconds: 600 },
  {
    name: 'authorize',
    method: 'GET',
    path: /^\/oauth2\/authorize$/,
    limit: 1200,
    windowSeconds: 60,
  },
  // Parameters that do not fit into a URL are stored; percent-encoding can triple the size of a
  // body.
  {
    name: 'large posted request',
    method: 'POST',
    path: /^\/oauth2\/(?:authorize|logout)$/,
    limit: 120,
    windowSeconds: 60,
    bodyAboveBytes: Math.floor(longestTarget / 3),
  },
  {
    name: 'posted request',
    method: 'POST',
    path: /^\/oauth2\/(?:authorize|logout)$/,
    limit: 1200,
    windowSeconds: 60,
  },
  { name: 'par', method: 'POST', path: /^\/oauth2\/par$/, limit: 1200, windowSeconds: 60 },
  {
    name: 'client authentication',
    method: 'POST',
    path: /^\/oauth2\/(?:token|introspect|revoke|global-token-revocation)$/,
    limit: 300,
    windowSeconds: 60,
    failuresOnly: true,
  },
];

/** Maximum number of counters; the oldest is evicted first. */
const rememberedAddresses = 20_000;

interface Window {
  count: number;
  readonly endsAt: number;
}

export interface RateLimitDependencies {
  readonly enabled: boolean;
  readonly addresses: Addresses;
  readonly now: () => Date;
}

function matches(
  { method, path, bodyAboveBytes }: RateLimit,
  ctx: Context,
  short: string,
): boolean {
  const size = ctx.state.body?.bytes.length ?? 0;
  return method === ctx.method && path.test(short) && size > (bodyAboveBytes ?? -1);
}

export function createRateLimit({ enabled, addresses, now }: RateLimitDependencies) {
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

  function setHeaders(ctx: Context, guard: RateLimit, { count, endsAt }: Window): number {
    const leftSeconds = Math.max(1, Math.ceil((endsAt - now().getTime()) / 1000));
    const name = `"${guard.name}"`;
    ctx.set('RateLimit-Policy', `${name};q=${guard.limit};w=${guard.windowSeconds}`);
    ctx.set('RateLimit', `${name};r=${Math.max(0, guard.limit - count)};t=${leftSeconds}`);
    return leftSeconds;
  }

  return async function limitRate(ctx: Context, next: Next): Promise<unknown> {
    const path = addresses.shorten(ctx.path);
    const guard = doors.find((each) => matches(each, ctx, path));
    if (!enabled || !guard) return next();
    const window = windowOf(guard, ctx.ip);
    if (window.count >= guard.limit) {
      const retryAfterSeconds = setHeaders(ctx, guard, window);
      throw new AppError('throttled', 'Too many requests. Please try again later.', {
        retryAfterSeconds,
      });
    }
    if (!guard.failuresOnly) {
      window.count += 1;
      setHeaders(ctx, guard, window);
    }
    await next();
    if (guard.failuresOnly && ctx.status === 401) window.count += 1;
    return undefined;
  };
}
