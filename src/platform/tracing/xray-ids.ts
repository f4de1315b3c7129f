// Trace ids of AWS X-Ray. An AWS load balancer sends the trace id of a request without a parent and without a
// sampling decision; OpenTelemetry's propagator ignores such a header. Here, the span of the request then has
// no parent, but its trace has the load balancer's id, which is also in its access log.
// https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
import { isValidTraceId } from '@opentelemetry/api';
import { AWSXRayIdGenerator } from '@opentelemetry/id-generator-aws-xray';
import type { IdGenerator } from '@opentelemetry/sdk-trace';

/** Starts the span of a request, with the trace id from the headers if they contain one. */
export type StartTrace = <Result>(
  headers: Readonly<Record<string, unknown>>,
  start: () => Result,
) => Result;

export interface XRayIds {
  readonly idGenerator: IdGenerator;
  readonly startTrace: StartTrace;
}

const root = /(?:^|;)\s*Root=1-([0-9a-f]{8})-([0-9a-f]{24})\s*(?:;|$)/;

function readRoot(header: unknown): string | undefined {
  const [, seconds = '', rest = ''] = typeof header === 'string' ? (root.exec(header) ?? []) : [];
  const id = seconds + rest;
  return isValidTraceId(id) ? id : undefined;
}

export function createXRayIds(): XRayIds {
  const usual = new AWSXRayIdGenerator();
  let given: string | undefined;
  return {
    idGenerator: {
      // Not called for a span with a parent.
      generateTraceId: () => given ?? usual.generateTraceId(),
      generateSpanId: () => usual.generateSpanId(),
    },
    startTrace(headers, start) {
      given = readRoot(headers['x-amzn-trace-id']);
      try {
        return start();
      } finally {
        given = undefined;
      }
    },
  };
}
