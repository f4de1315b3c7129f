// Assigns a random request id, sent in each response and written to each log line, and starts the
// span of the request. An id from a trusted proxy is logged in addition.
import { randomUUID } from 'node:crypto';
import type { ClientAddress } from './client-address.ts';
import type { Context, Next } from '#http/context.ts';
import type { Log } from '#platform/logging/log.ts';
import { openLogScope } from '#platform/logging/log-scope.ts';
import type { RequestTracing } from '#platform/tracing/tracing.ts';

const wellFormed = /^[\w.-]{8,64}$/;

export interface RequestIdDependencies {
  readonly clients: ClientAddress;
  readonly log: Log;
  readonly tracing?: RequestTracing | undefined;
}

export function createRequestId({ clients, log, tracing }: RequestIdDependencies) {
  return function identifyRequest(ctx: Context, next: Next): unknown {
    const { viaTrustedProxy } = clients.identify(ctx);
    const requestId = randomUUID();
    const upstream = viaTrustedProxy ? ctx.get('X-Request-Id') : '';

    ctx.state.requestId = requestId;
    const headers = viaTrustedProxy ? ctx.headers : {};
    const span = tracing?.start({ method: ctx.method, requestId, headers });
    const fields = {
      requestId,
      ...span?.ids,
      ...(wellFormed.test(upstream) ? { upstreamRequestId: upstream } : {}),
    };
    // Services write to the log of the process, which adds the fields of the scope.
    const scope = openLogScope();
    scope.fields = { ...scope.fields, ...fields };
    ctx.state.log = log.child(scope.fields);
    ctx.set('X-Request-Id', requestId);
    return span ? span.run(next) : next();
  };
}
