// The tracing interface for the rest of the code. otlp-traces.ts sends traces with the OpenTelemetry SDK,
// which is loaded only if tracing is on.
import type { GroupRunner, Observer } from '#platform/observation/observation.ts';

export interface StartedRequest {
  readonly method: string;
  readonly requestId: string;
  /** The headers of a trusted proxy; empty otherwise, so that no client can join or force a trace. */
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
  /** Sends the remaining spans, for a few seconds at most. */
  close(): Promise<void>;
}
