// Logs one line per response. It logs the route pattern, never the URL: URLs carry one-time links
// and whatever users paste into them.
import type { ServerResponse } from 'node:http';
import type { UrlAreas, Area } from '#http/url-areas.ts';
import type { Context, Next } from '#http/context.ts';
import type { Log } from '#platform/logging/log.ts';
import { currentLogScope } from '#platform/logging/log-scope.ts';
import { keepContext } from '#platform/request/async-context.ts';
import type { RequestOpening } from './request-id.ts';

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

/** A response that is complete, or whose connection was closed. */
export interface AnswerToReport {
  readonly res: Pick<ServerResponse, 'writableFinished'>;
  readonly log: Log;
  readonly method: string;
  readonly route: string;
  readonly status: number;
  readonly errorCode?: string | undefined;
  readonly address: string;
  /** Length of the body. */
  readonly bytes: number;
  /** By the clock of `performance.now()`. */
  readonly startedAt: number;
  readonly isHealthCheck?: boolean;
}

/** Returns a function that writes the line and reports the response to metrics and traces. */
export function createAnswerReport(answered: ((answered: Answered) => void) | undefined) {
  return (answer: AnswerToReport): void => {
    const { res, log, method, route, status, errorCode, bytes, address, startedAt } = answer;
    const scope = currentLogScope();
    const milliseconds = performance.now() - startedAt;
    if (scope) scope.route = `${method} ${route}`;
    answered?.({ method, route, status, milliseconds, errorCode });
    const line = {
      event: 'request.answered',
      method,
      route,
      status,
      ms: Math.round(milliseconds * 10) / 10,
      bytes,
      address,
      ...(errorCode === undefined ? {} : { errorCode }),
      ...(res.writableFinished ? {} : { cut: true }),
    };
    const write = answer.isHealthCheck ? log.debug : log.info;
    write(line, 'request answered');
    if (scope) log.settle(scope);
  };
}

export type AnswerReport = ReturnType<typeof createAnswerReport>;

interface Dependencies {
  readonly addresses: UrlAreas;
  readonly open: RequestOpening;
  readonly report: AnswerReport;
}

export function createRequestLog({ addresses, open, report }: Dependencies) {
  return async function logRequest(ctx: Context, next: Next): Promise<void> {
    const { startedAt } = open(ctx.req);

    const writeLine = () => {
      const area = addresses.areaOf(ctx.path ?? '/');
      const { method, status } = ctx;
      report({
        res: ctx.res,
        log: ctx.state.log,
        method,
        route: routeOf(ctx, area),
        status,
        errorCode: ctx.state.errorCode,
        address: ctx.ip,
        bytes: Number(ctx.res.getHeader('content-length') ?? 0),
        startedAt,
        isHealthCheck: area === 'health',
      });
    };
    // The event is emitted by the connection, outside the scope of the request.
    ctx.res.once('close', keepContext(writeLine));
    await next();
  };
}
