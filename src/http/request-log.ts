// One line per answered request. The route as the router knows it, never the address as it came:
// addresses carry one-time links and whatever people paste into them.
import type { Addresses } from '#http/addresses.ts';
import type { Context, Next } from '#http/context.ts';

/** The pattern of the matched route, else the area it would have been in. */
function routeOf(ctx: Context, addresses: Addresses): string {
  const pattern: unknown = ctx['_matchedRoute'];
  if (typeof pattern === 'string') return pattern;
  return `(${addresses.areaOf(ctx.path ?? '/')})`;
}

export function createRequestLog({ addresses }: { addresses: Addresses }) {
  return async function logRequest(ctx: Context, next: Next): Promise<void> {
    const startedAt = performance.now();

    ctx.res.once('close', () => {
      const isProbe = addresses.areaOf(ctx.path ?? '/') === 'health';
      const write = isProbe ? ctx.state.log.debug : ctx.state.log.info;
      const { errorCode } = ctx.state;
      const line = {
        event: 'request.answered',
        method: ctx.method,
        route: routeOf(ctx, addresses),
        status: ctx.status,
        ms: Math.round((performance.now() - startedAt) * 10) / 10,
        bytes: Number(ctx.res.getHeader('content-length') ?? 0),
        address: ctx.ip,
        ...(errorCode === undefined ? {} : { errorCode }),
        ...(ctx.res.writableFinished ? {} : { cut: true }),
      };
      write(line, 'request answered');
    });
    await next();
  };
}
