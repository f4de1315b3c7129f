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
      const { kind, prefix, attributes } = shapes[operation.kind];
      const name = `${prefix}${operation.name}`;
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

/** What distinguishes the spans of a kind. */
interface Shape {
  readonly kind: SpanKind;
  /** Before the name of the operation. */
  readonly prefix: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** By the semantic conventions: https://opentelemetry.io/docs/specs/semconv/database/ */
const shapes: Readonly<Record<Operation['kind'], Shape>> = {
  statement: {
    kind: SpanKind.CLIENT,
    prefix: '',
    attributes: { 'db.system.name': 'postgresql' },
  },
  redis: { kind: SpanKind.CLIENT, prefix: 'redis ', attributes: { 'db.system.name': 'redis' } },
  outbound: own(SpanKind.CLIENT, 'outbound'),
  mail: own(SpanKind.CLIENT, 'mail'),
  database_connection: own(SpanKind.INTERNAL, 'database_connection'),
  password_hash: own(SpanKind.INTERNAL, 'password_hash'),
  signing: own(SpanKind.INTERNAL, 'signing'),
};

function own(kind: SpanKind, name: Operation['kind']): Shape {
  return { kind, prefix: `${name} `, attributes: { 'ostiary.operation': name } };
}

/** Never the message, which may repeat what a person typed. */
function noteError(span: Span, error: unknown): void {
  const type = error instanceof Error ? error.name : typeof error;
  span.setAttribute('error.type', error instanceof AppError ? error.code : type);
  span.setStatus({ code: SpanStatusCode.ERROR });
}
