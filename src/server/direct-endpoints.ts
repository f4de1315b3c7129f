// Endpoints that only oidc-provider serves. Their requests skip the middleware and routes of pages and of the
// management API, which would only pass them on; requests of clients also skip what concerns only browsers.
import type { Context, Handler, Next } from '#http/context.ts';
import { routes } from '#oidc/configuration.ts';

const forPrograms = [
  routes.token,
  routes.introspection,
  routes.userinfo,
  routes.revocation,
  routes.pushed_authorization_request,
  routes.device_authorization,
  routes.backchannel_authentication,
  routes.jwks,
  '/.well-known/openid-configuration',
  '/.well-known/oauth-authorization-server',
];

/** @param basePath the path of the issuer, without a slash at its end */
export function createDirectEndpoints(basePath: string) {
  const programs: ReadonlySet<string> = new Set(forPrograms.map((path) => basePath + path));
  const authorization = basePath + routes.authorization;
  const isForProgram = ({ path }: Context): boolean => programs.has(path);
  const isDirect = (ctx: Context): boolean =>
    isForProgram(ctx) || ctx.path === authorization || ctx.path.startsWith(`${authorization}/`);

  return {
    /** Wraps the routes of pages and of the management API. */
    skipDirect: (middleware: Handler): Handler => skipIf(isDirect, middleware),
    /** Wraps middleware that concerns only browsers, such as that for cookies. */
    skipPrograms: (middleware: Handler): Handler => skipIf(isForProgram, middleware),
  };
}

/** Preserves the name of the middleware. */
function skipIf(isSkipped: (ctx: Context) => boolean, middleware: Handler): Handler {
  const skipping = (ctx: Context, next: Next): unknown =>
    isSkipped(ctx) ? next() : middleware(ctx, next);
  return Object.defineProperty(skipping, 'name', { value: middleware.name });
}
