// Logs one line per response. It logs the route pattern, never the URL: URLs carry one-time links
// and whatever users paste into them.
import type { UrlAreas, Area } from '#http/url-areas.ts';
import type { Context, Next } from '#http/context.ts';
import { currentLogScope } from '#platform/logging/log-scope.ts';

/** The pattern of the matched route, or the area of the URL if none matched. */
function routeOf(ctx: Context, area: Area): string {
  const pattern: unknown = ctx['_matchedRoute'];
  return typeof pattern === 'string' ? pattern : `(${area})`;
}

export function createRequestLog({ addresses }: { addresses: UrlAreas }) {
  return async function logRequest(ctx: Context, next: Next): Promise<void> {
    const startedAt = performance.now();
    const scope = currentLogScope();

    ctx.res.once('close', () => {
      const area = addresses.areaOf(ctx.path ?? '/');
      const write = area === 'health' ? ctx.state.log.debug : ctx.state.log.info;
      const { errorCode, log } = ctx.state;
      const route = routeOf(ctx, area);
      const line = {
        event: 'request.answered',
        method: ctx.method,
        route,
        status: ctx.status,
        ms: Math.round((performance.now() - startedAt) * 10) / 10,
        bytes: Number(ctx.res.getHeader('content-length') ?? 0),
        address: ctx.ip,
        ...(errorCode === undefined ? {} : { errorCode }),
        ...(ctx.res.writableFinished ? {} : { cut: true }),
      };
      write(line, 'request answered');
      if (!scope) return;
      scope.route = `${ctx.method} ${route}`;
      log.settle(scope);
    });
    await next();
  };
}
