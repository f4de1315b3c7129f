// CORS for the management API: browser tools of the listed origins may call it. The API ignores
// cookies, so a permitted origin gains nothing without an access token.
import cors from '@koa/cors';
import type { Context, Handler, Next } from '#http/context.ts';
import type { UrlAreas } from '#http/url-areas.ts';

export interface CorsDependencies {
  readonly addresses: UrlAreas;
  /** Serialized origins; none by default. */
  readonly origins: readonly string[];
}

export function createApiCors({ addresses, origins }: CorsDependencies): Handler {
  const allow = cors({
    origin: (ctx) => origins.find((origin) => origin === ctx.get('origin')) ?? '',
    allowMethods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowHeaders: ['Authorization', 'Content-Type', 'Idempotency-Key', 'If-Match', 'If-None-Match'],
    exposeHeaders: ['ETag', 'Location', 'Retry-After', 'WWW-Authenticate'],
    maxAge: 600,
    credentials: false,
  });
  return (ctx: Context, next: Next): unknown => {
    const isApi = addresses.areaOf(ctx.path) === 'api';
    return isApi && origins.length > 0 ? allow(ctx, next) : next();
  };
}
