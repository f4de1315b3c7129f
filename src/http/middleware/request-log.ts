// Logs one line per response. It logs the route pattern, never the URL: URLs carry one-time links
// and whatever users paste into them.
import { AsyncLocalStorage } from 'node:async_hooks';
import type { UrlAreas, Area } from '#http/url-areas.ts';
import type { Context, Next } from '#http/context.ts';
import { currentLogScope } from '#platform/logging/log-scope.ts';

/** The pattern of the matched route, or the area of the URL if none matched. */
function routeOf(ctx: Context, area: Area): string {
  const pattern: unknown = ctx['_matchedRoute'];
  return typeof pattern === 'string' ? pattern : `(${area})`;
}

/** A response, for metrics. */
export interface Answered {
  readonly method: string;
  /** The pattern, never the URL. */
  readonly route: string;
  readonly status: number;
  readonly milliseconds: number;
  readonly errorCode?: string | undefined;
}

interface Dependencies {
  readonly addresses: UrlAreas;
  readonly answered?: ((answered: Answered) => void) | undefined;
}

export function createRequestLog({ addresses, answered }: Dependencies) {
  return async function logRequest(ctx: Context, next: Next): Promise<void> {
    const startedAt = performance.now();
    const scope = currentLogScope();

    const writeLine = () => {
      const area = addresses.areaOf(ctx.path ?? '/');
      const write = area === 'health' ? ctx.state.log.debug : ctx.state.log.info;
      const { errorCode } = ctx.state;
      const milliseconds = performance.now() - startedAt;
      const { method, status } = ctx;
      const route = routeOf(ctx, area);
      if (scope) scope.route = `${method} ${route}`;
      answered?.({ method, route, status, milliseconds, errorCode });
      const line = {
        event: 'request.answered',
        method,
        route,
        status,
        ms: Math.round(milliseconds * 10) / 10,
        bytes: Number(ctx.res.getHeader('content-length') ?? 0),
        address: ctx.ip,
        ...(errorCode === undefined ? {} : { errorCode }),
        ...(ctx.res.writableFinished ? {} : { cut: true }),
      };
      write(line, 'request answered');
      if (scope) ctx.state.log.settle(scope);
    };
    // The event belongs to the connection and would run outside the scope of the request.
    ctx.res.once('close', AsyncLocalStorage.bind(writeLine));
    await next();
  };
}
