// Assigns a random request id, sent in each response and written to each log line, and starts the
// span of the request. An id from a trusted proxy is logged in addition.
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { ClientAddress, SenderAddress } from './client-address.ts';
import type { Context, Next } from '#http/context.ts';
import type { Log } from '#platform/logging/log.ts';
import { openLogScope } from '#platform/logging/log-scope.ts';
import type { RequestSpan, RequestTracing } from '#platform/tracing/tracing.ts';

const wellFormed = /^[\w.-]{8,64}$/;

/** The facts about a request that are known before it is read. */
export interface OpenedRequest extends SenderAddress {
  readonly requestId: string;
  /** By the clock of `performance.now()`. */
  readonly startedAt: number;
  /** Fields of every log line. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly span: RequestSpan | undefined;
}

export interface RequestOpeningDependencies {
  readonly clients: ClientAddress;
  readonly tracing?: RequestTracing | undefined;
}

/** A request that the fast path passes on keeps its id, its span and its start time. */
export function createRequestOpening({ clients, tracing }: RequestOpeningDependencies) {
  const opened = new WeakMap<IncomingMessage, OpenedRequest>();

  function open(req: IncomingMessage): OpenedRequest {
    const sender = clients.identify(req);
    const requestId = randomUUID();
    const upstream = sender.viaTrustedProxy ? req.headers['x-request-id'] : undefined;
    const headers = sender.viaTrustedProxy ? req.headers : {};
    const span = tracing?.start({ method: req.method ?? '', requestId, headers });
    const isNamed = typeof upstream === 'string' && wellFormed.test(upstream);
    const { address, viaTrustedProxy } = sender;
    const fields = isNamed
      ? { requestId, ...span?.ids, upstreamRequestId: upstream }
      : span
        ? { requestId, ...span.ids }
        : { requestId };
    const startedAt = performance.now();
    return { address, viaTrustedProxy, requestId, startedAt, fields, span };
  }

  return (req: IncomingMessage): OpenedRequest => {
    const known = opened.get(req) ?? open(req);
    opened.set(req, known);
    return known;
  };
}

export type RequestOpening = ReturnType<typeof createRequestOpening>;

/** Services write to the log of the process, which adds the fields of the scope. */
export function openScopeOf({ fields }: Pick<OpenedRequest, 'fields'>) {
  const scope = openLogScope();
  scope.fields = { ...scope.fields, ...fields };
  return scope;
}

export interface RequestIdDependencies {
  readonly open: RequestOpening;
  readonly log: Log;
}

export function createRequestId({ open, log }: RequestIdDependencies) {
  return function identifyRequest(ctx: Context, next: Next): unknown {
    const opened = open(ctx.req);
    const { requestId, address, span } = opened;
    ctx.request.ip = address;
    ctx.state.requestId = requestId;
    ctx.state.log = log.child(openScopeOf(opened).fields);
    ctx.set('X-Request-Id', requestId);
    return span ? span.run(next) : next();
  };
}
