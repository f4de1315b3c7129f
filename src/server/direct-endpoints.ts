// Endpoints that only oidc-provider answers. Their requests skip the middleware and the routes of pages
// and of the management API, which would have to decline each of them; those of programs also skip what
// concerns only browsers.
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
    /** For the routes of pages and of the management API. */
    skipDirect: (middleware: Handler): Handler => skipIf(isDirect, middleware),
    /** For what concerns only browsers: cookies, and requests of pages. */
    skipPrograms: (middleware: Handler): Handler => skipIf(isForProgram, middleware),
  };
}

/** Keeps the name of the middleware. */
function skipIf(isSkipped: (ctx: Context) => boolean, middleware: Handler): Handler {
  const skipping = (ctx: Context, next: Next): unknown =>
    isSkipped(ctx) ? next() : middleware(ctx, next);
  return Object.defineProperty(skipping, 'name', { value: middleware.name });
}
