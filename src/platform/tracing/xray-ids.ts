// Ids of AWS X-Ray. A load balancer of AWS names the trace of a request, but no parent, and leaves open
// whether it is recorded; the propagator of OpenTelemetry ignores such a header. The span of the request
// then has no parent, and its trace the id of the load balancer, which its access log has as well.
// https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
import { isValidTraceId } from '@opentelemetry/api';
import { AWSXRayIdGenerator } from '@opentelemetry/id-generator-aws-xray';
import type { IdGenerator } from '@opentelemetry/sdk-trace';

/** Starts the span of a request, whose trace may have its id from the headers. */
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
      // Not asked for a span with a parent.
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
