// Endpoints that only oidc-provider answers, and only to programs. Their requests skip the middleware
// and the routes of pages and of the management API, which would have to decline each of them.
import type { Context, Handler, Next } from '#http/context.ts';
import { routes } from '#oidc/configuration.ts';

const answeredByProvider = [
  routes.token,
  routes.introspection,
  routes.userinfo,
  routes.revocation,
  routes.pushed_authorization_request,
];

/** @param basePath the path of the issuer, without a slash at its end */
export function createDirectEndpoints(basePath: string) {
  const paths: ReadonlySet<string> = new Set(answeredByProvider.map((path) => basePath + path));
  /** Skips the middleware at these endpoints, and keeps its name. */
  return function skipAtDirectEndpoints(middleware: Handler): Handler {
    const skipping = (ctx: Context, next: Next): unknown =>
      paths.has(ctx.path) ? next() : middleware(ctx, next);
    return Object.defineProperty(skipping, 'name', { value: middleware.name });
  };
}
