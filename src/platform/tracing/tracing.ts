// Traces of a process, as the rest of the code sees them. otlp-traces.ts sends them with the SDK of
// OpenTelemetry, which is loaded only if traces are on.
import type { GroupRunner, Observer } from '#platform/observation/observation.ts';

export interface StartedRequest {
  readonly method: string;
  readonly requestId: string;
  /** Those of a trusted proxy; empty otherwise, so that no client can join or force a trace. */
  readonly headers: Readonly<Record<string, unknown>>;
}

export interface AnsweredRequest {
  readonly method: string;
  /** The pattern, never the URL. */
  readonly route: string;
  readonly status: number;
  readonly errorCode?: string | undefined;
}

export interface RequestSpan {
  /** Fields of each line of the log. */
  readonly ids: { readonly trace_id: string; readonly span_id: string };
  /** Runs the request, so that its operations become children of the span. */
  run<Result>(work: () => Result): Result;
}

export interface RequestTracing {
  start(request: StartedRequest): RequestSpan;
  /** Names and ends the span of the current request. */
  answered(request: AnsweredRequest): void;
}

export interface Tracing {
  readonly requests: RequestTracing;
  readonly observe: Observer;
  readonly runGroup: GroupRunner;
  /** Sends what is left, for at most some seconds. */
  close(): Promise<void>;
}
