// Spans of requests, jobs and of what they wait for. Attributes contain only names from the code, route
// patterns and numbers: no URL, address, user or error message.
import {
  createContextKey,
  defaultTextMapGetter,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Context,
  type ContextManager,
  type Span,
  type TextMapPropagator,
  type Tracer,
} from '@opentelemetry/api';
import { AppError } from '#platform/errors.ts';
import type { GroupRunner, Observer, Operation } from '#platform/observation/observation.ts';
import type { RequestTracing } from './tracing.ts';
import type { StartTrace } from './xray-ids.ts';

export interface SpanDependencies {
  readonly tracer: Tracer;
  readonly contexts: ContextManager;
  readonly propagator: TextMapPropagator;
  /** The issuer. */
  readonly origin: URL;
  /** Without it, a request without a parent starts a trace with a new id. */
  readonly startTrace?: StartTrace | undefined;
}

/** Milliseconds since 1970, with a fraction. */
type Clock = () => number;

const clockKey = createContextKey('clock of the trace');

/**
 * All spans of a request or job use one clock. Separate readings of the time of day would be truncated to
 * whole milliseconds, so that an operation could seem to end after the request that waited for it.
 */
function startClock(): Clock {
  const began = Date.now() - performance.now();
  return () => began + performance.now();
}

function openContext(span: Span, clock: Clock): Context {
  return trace.setSpan(ROOT_CONTEXT, span).setValue(clockKey, clock);
}

function clockOf(context: Context): Clock {
  // Only openContext sets the value.
  return (context.getValue(clockKey) as Clock | undefined) ?? startClock();
}

export function createRequestSpans(dependencies: SpanDependencies): RequestTracing {
  const {
    tracer,
    contexts,
    propagator,
    origin,
    startTrace = (_headers, start) => start(),
  } = dependencies;
  const server = {
    'url.scheme': origin.protocol.replace(':', ''),
    'server.address': origin.hostname,
    ...(origin.port !== '' && { 'server.port': Number(origin.port) }),
  };
  return {
    start({ method, requestId, headers }) {
      const parent = propagator.extract(ROOT_CONTEXT, headers, defaultTextMapGetter);
      const attributes = {
        ...server,
        'http.request.method': method,
        'ostiary.request_id': requestId,
      };
      const clock = startClock();
      const options = { kind: SpanKind.SERVER, attributes, startTime: clock() };
      const span = startTrace(headers, () => tracer.startSpan(method, options, parent));
      const { traceId, spanId } = span.spanContext();
      const context = openContext(span, clock);
      return {
        ids: { trace_id: traceId, span_id: spanId },
        run: (work) => contexts.with(context, work),
      };
    },
    answered({ method, route, status, errorCode }) {
      const context = contexts.active();
      const span = trace.getSpan(context);
      if (!span) return;
      span.updateName(`${method} ${route}`);
      span.setAttribute('http.response.status_code', status);
      // The route takes the place of the path, from which backends build the URL: a path with a one-time link
      // is secret.
      if (route.startsWith('/')) span.setAttributes({ 'http.route': route, 'url.path': route });
      if (status >= 400) span.setAttribute('error.type', errorCode ?? String(status));
      if (status >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end(clockOf(context)());
    },
  };
}

/** Minimum time for which a wait for a pooled connection gets a span. */
const noticeableWaitMilliseconds = 5;

/** Operations outside of a request or job, such as the poll of a queue, have no span. */
export function createOperationObserver({ tracer, contexts }: SpanDependencies): Observer {
  return (operation) => {
    const parent = contexts.active();
    if (!trace.getSpan(parent)?.isRecording()) return undefined;
    const clock = clockOf(parent);
    const startTime = clock();
    return (error) => {
      const endTime = clock();
      const isShort = endTime - startTime < noticeableWaitMilliseconds;
      if (operation.kind === 'database_connection' && error === undefined && isShort) return;
      const { kind, prefix, attributes } = shapes[operation.kind];
      const name = `${prefix}${operation.name}`;
      const span = tracer.startSpan(name, { kind, attributes, startTime }, parent);
      if (error !== undefined) noteError(span, error);
      span.end(endTime);
    };
  };
}

/** A job is a trace of its own: it may run long after the request that caused it. */
export function createGroupRunner({ tracer, contexts }: SpanDependencies): GroupRunner {
  return async ({ kind, name }, work) => {
    const attributes = { 'ostiary.operation': kind };
    const clock = startClock();
    const options = { kind: SpanKind.CONSUMER, attributes, startTime: clock() };
    const span = tracer.startSpan(`${kind} ${name}`, options, ROOT_CONTEXT);
    const noteFailure = (error: unknown): void => noteError(span, error);
    try {
      return await contexts.with(openContext(span, clock), () => work(noteFailure));
    } catch (error) {
      noteFailure(error);
      throw error;
    } finally {
      span.end(clock());
    }
  };
}

/** The properties of the spans of one kind. */
interface Shape {
  readonly kind: SpanKind;
  /** Prefix of the operation name. */
  readonly prefix: string;
  readonly attributes: Readonly<Record<string, string>>;
}

const mail = own(SpanKind.CLIENT, 'mail');

const shapes: Readonly<Record<Operation['kind'], Shape>> = {
  statement: { kind: SpanKind.CLIENT, prefix: '', attributes: store('postgresql') },
  redis: { kind: SpanKind.CLIENT, prefix: 'redis ', attributes: store('redis') },
  outbound: own(SpanKind.CLIENT, 'outbound'),
  mail: { ...mail, attributes: { ...mail.attributes, 'peer.service': 'smtp' } },
  database_connection: own(SpanKind.INTERNAL, 'database_connection'),
  password_hash: own(SpanKind.INTERNAL, 'password_hash'),
  signing: own(SpanKind.INTERNAL, 'signing'),
};

/**
 * `db.system.name` is the attribute of the current semantic conventions. Elastic APM and the X-Ray exporter
 * recognize a database only by the previous one, `db.system`. X-Ray shows each span name as a service of its
 * own unless the peer has a name. https://opentelemetry.io/docs/specs/semconv/database/
 */
function store(system: string): Shape['attributes'] {
  return { 'db.system.name': system, 'db.system': system, 'peer.service': system };
}

function own(kind: SpanKind, name: Operation['kind']): Shape {
  return { kind, prefix: `${name} `, attributes: { 'ostiary.operation': name } };
}

function noteError(span: Span, error: unknown): void {
  span.setAttribute('error.type', typeOf(error));
  span.setStatus({ code: SpanStatusCode.ERROR });
}

/** Error codes of the system and of PostgreSQL, such as ECONNREFUSED and 23505. */
const errorCode = /^[A-Z0-9_]{1,40}$/;

/** Never the message, which may repeat user input. */
function typeOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  if (error instanceof AppError) return error.code;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return errorCode.test(code) ? code : error.name;
}
