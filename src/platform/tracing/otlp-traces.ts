// Sends spans to a collector by OTLP over HTTP, with the SDK of OpenTelemetry. This file and what it imports
// are loaded only if traces are on. The SDK is not registered globally, and no module is patched.
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Attributes, TextMapPropagator } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  CompositePropagator,
  W3CBaggagePropagator,
  W3CTraceContextPropagator,
} from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { AWSXRayPropagator } from '@opentelemetry/propagator-aws-xray';
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
  type Sampler,
} from '@opentelemetry/sdk-trace';
import type { Log } from '#platform/logging/log.ts';
import { reportFailures } from './failed-exports.ts';
import { createGroupRunner, createOperationObserver, createRequestSpans } from './spans.ts';
import type { Tracing } from './tracing.ts';
import { createXRayIds } from './xray-ids.ts';

export type PropagatorName = 'tracecontext' | 'baggage' | 'xray' | 'none';

export type SamplerName =
  | 'always_on'
  | 'always_off'
  | 'traceidratio'
  | 'parentbased_always_on'
  | 'parentbased_always_off'
  | 'parentbased_traceidratio';

export interface OtlpOptions {
  /** The base address of the collector, to which `/v1/traces` is added. */
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly propagators: readonly PropagatorName[];
  readonly sampler: SamplerName;
  /** The share of traces that a ratio-based sampler keeps. */
  readonly ratio: number;
  readonly serviceName: string;
  readonly version: string;
  readonly environment: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly origin: URL;
  /** How often spans are sent. */
  readonly intervalMilliseconds: number;
  readonly log: Log;
}

/** Maximum number of spans that wait for the collector; further ones are dropped. */
const maxQueuedSpans = 2048;
const maxBatchSpans = 512;
/** Milliseconds for one request to the collector, with its retries. */
const exportMilliseconds = 5000;
/** Milliseconds that a process waits for the last spans when it stops. */
const closeMilliseconds = 2000;

export function openOtlpTraces(options: OtlpOptions): Tracing {
  const { endpoint, headers, propagators, log, origin, version } = options;
  const exporter = new OTLPTraceExporter({
    url: `${endpoint.replace(/\/$/, '')}/v1/traces`,
    headers: { ...headers },
    timeoutMillis: exportMilliseconds,
    concurrencyLimit: 1,
  });
  const processor = new BatchSpanProcessor({
    exporter: reportFailures(exporter, log),
    maxQueueSize: maxQueuedSpans,
    maxExportBatchSize: maxBatchSpans,
    scheduledDelayMillis: options.intervalMilliseconds,
    exportTimeoutMillis: exportMilliseconds + 1000,
  });
  const xray = propagators.includes('xray') ? createXRayIds() : undefined;
  const provider = new TracerProvider({
    resource: defaultResource().merge(resourceFromAttributes(resourceOf(options))),
    sampler: samplers[options.sampler](options.ratio),
    spanProcessors: [processor],
    // Older X-Ray exporters drop spans whose trace ids do not begin with the time.
    ...(xray && { idGenerator: xray.idGenerator }),
  });
  const contexts = new AsyncLocalStorageContextManager().enable();
  const propagator = new CompositePropagator({
    propagators: propagators.flatMap((name) => propagatorsByName[name]),
  });
  const tracer = provider.getTracer('ostiary', version);
  const spans = { tracer, contexts, propagator, origin, startTrace: xray?.startTrace };
  return {
    requests: createRequestSpans(spans),
    observe: createOperationObserver(spans),
    runGroup: createGroupRunner(spans),
    async close() {
      await Promise.race([provider.shutdown().catch(() => undefined), atLatest(closeMilliseconds)]);
      contexts.disable();
    },
  };
}

/** https://opentelemetry.io/docs/specs/semconv/resource/ */
function resourceOf({ serviceName, version, environment, attributes }: OtlpOptions): Attributes {
  return {
    'service.version': version,
    'service.instance.id': randomUUID(),
    'deployment.environment.name': environment,
    'host.name': hostname(),
    'process.pid': process.pid,
    'process.runtime.name': 'nodejs',
    'process.runtime.version': process.versions.node,
    ...attributes,
    'service.name': serviceName,
  };
}

const propagatorsByName: Readonly<Record<PropagatorName, readonly TextMapPropagator[]>> = {
  tracecontext: [new W3CTraceContextPropagator()],
  baggage: [new W3CBaggagePropagator()],
  xray: [new AWSXRayPropagator()],
  none: [],
};

const always = new AlwaysOnSampler();
const never = new AlwaysOffSampler();

const samplers: Readonly<Record<SamplerName, (ratio: number) => Sampler>> = {
  always_on: () => always,
  always_off: () => never,
  traceidratio: (ratio) => new TraceIdRatioBasedSampler(ratio),
  parentbased_always_on: () => new ParentBasedSampler({ root: always }),
  parentbased_always_off: () => new ParentBasedSampler({ root: never }),
  parentbased_traceidratio: (ratio) =>
    new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) }),
};

function atLatest(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, milliseconds).unref();
  });
}
