// Spans of requests, jobs and of what they wait for. Attributes hold names from the code, patterns
// and numbers only: no URL, no address, no user, no text of an error.
import {
  defaultTextMapGetter,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type ContextManager,
  type Span,
  type TextMapPropagator,
  type Tracer,
} from '@opentelemetry/api';
import { AppError } from '#platform/errors.ts';
import type { GroupRunner, Observer, Operation } from '#platform/observation/observation.ts';
import type { RequestTracing } from './tracing.ts';

export interface SpanDependencies {
  readonly tracer: Tracer;
  readonly contexts: ContextManager;
  readonly propagator: TextMapPropagator;
  /** The issuer. */
  readonly origin: URL;
}

export function createRequestSpans(dependencies: SpanDependencies): RequestTracing {
  const { tracer, contexts, propagator, origin } = dependencies;
  const server = {
    'url.scheme': origin.protocol.replace(':', ''),
    'server.address': origin.hostname,
  };
  return {
    start({ method, requestId, headers }) {
      const parent = propagator.extract(ROOT_CONTEXT, headers, defaultTextMapGetter);
      const attributes = {
        ...server,
        'http.request.method': method,
        'ostiary.request_id': requestId,
      };
      const span = tracer.startSpan(method, { kind: SpanKind.SERVER, attributes }, parent);
      const { traceId, spanId } = span.spanContext();
      const context = trace.setSpan(ROOT_CONTEXT, span);
      return {
        ids: { trace_id: traceId, span_id: spanId },
        run: (work) => contexts.with(context, work),
      };
    },
    answered({ method, route, status, errorCode }) {
      const span = trace.getSpan(contexts.active());
      if (!span) return;
      span.updateName(`${method} ${route}`);
      span.setAttributes({ 'http.route': route, 'http.response.status_code': status });
      if (status >= 400) span.setAttribute('error.type', errorCode ?? String(status));
      if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    },
  };
}

/** Below this time, the wait for a connection of the pool is not worth a span. */
const noticeableWaitMilliseconds = 5;

/** Operations outside of a request or job, such as the poll of a queue, have no span. */
export function createOperationObserver({ tracer, contexts }: SpanDependencies): Observer {
  return (operation) => {
    const parent = contexts.active();
    if (!trace.getSpan(parent)?.isRecording()) return undefined;
    const startTime = Date.now();
    const startedAt = performance.now();
    return (error) => {
      const milliseconds = performance.now() - startedAt;
      const isWait = operation.kind === 'database_connection';
      if (isWait && error === undefined && milliseconds < noticeableWaitMilliseconds) return;
      const { name, kind, attributes } = describe(operation);
      const span = tracer.startSpan(name, { kind, attributes, startTime }, parent);
      if (error !== undefined) noteError(span, error);
      span.end(startTime + milliseconds);
    };
  };
}

/** A job is a trace of its own: it may run long after the request that caused it. */
export function createGroupRunner({ tracer, contexts }: SpanDependencies): GroupRunner {
  return async ({ kind, name }, work) => {
    const attributes = { 'ostiary.operation': kind };
    const span = tracer.startSpan(
      `${kind} ${name}`,
      { kind: SpanKind.CONSUMER, attributes },
      ROOT_CONTEXT,
    );
    try {
      return await contexts.with(trace.setSpan(ROOT_CONTEXT, span), work);
    } catch (error) {
      noteError(span, error);
      throw error;
    } finally {
      span.end();
    }
  };
}

/** Names by the semantic conventions: https://opentelemetry.io/docs/specs/semconv/database/ */
function describe({ kind, name }: Operation) {
  switch (kind) {
    case 'statement':
      return client(name, { 'db.system.name': 'postgresql', 'db.query.summary': name });
    case 'redis':
      return client(`redis ${name}`, { 'db.system.name': 'redis' });
    case 'outbound':
    case 'mail':
      return client(`${kind} ${name}`, { 'ostiary.operation': kind });
    case 'database_connection':
    case 'password_hash':
    case 'signing':
      return {
        name: `${kind} ${name}`,
        kind: SpanKind.INTERNAL,
        attributes: { 'ostiary.operation': kind },
      };
  }
}

function client(name: string, attributes: Readonly<Record<string, string>>) {
  return { name, kind: SpanKind.CLIENT, attributes };
}

/** Never the message, which may repeat what a person typed. */
function noteError(span: Span, error: unknown): void {
  const type = error instanceof Error ? error.name : typeof error;
  span.setAttribute('error.type', error instanceof AppError ? error.code : type);
  span.setStatus({ code: SpanStatusCode.ERROR });
}
