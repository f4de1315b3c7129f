// The log line, metrics and trace of a response of the fast path.
import type { RequestMiddleware } from '#http/middleware/middleware.ts';
import { keepContext } from '#platform/request/async-context.ts';
import { bindToRequestScope } from '#platform/request/request-scope.ts';
import type { Services } from '#server/composition.ts';
import type { OpenExchange } from './contexts.ts';
import type { Written } from './responses.ts';

export interface ReportDependencies {
  readonly services: Pick<Services, 'log'>;
  readonly edge: Pick<RequestMiddleware, 'report'>;
}

export interface WrittenResponse extends Written {
  readonly method: string;
  /** The pattern of the route. */
  readonly route: string;
  readonly errorCode?: string | undefined;
}

export function createReports({ services, edge }: ReportDependencies) {
  return ({ res, opened }: OpenExchange, written: WrittenResponse): void => {
    const { address, startedAt, span } = opened;
    // The log of the process adds the fields of the scope.
    const report = () => edge.report({ res, log: services.log, address, startedAt, ...written });
    if (res.closed) report();
    // The connection emits the event, so the listener would run outside the scope of the request.
    else res.once('close', span ? keepContext(report) : bindToRequestScope(report));
  };
}

export type Report = ReturnType<typeof createReports>;
