// The traces of a server process: on if OTEL_EXPORTER_OTLP_ENDPOINT is set.
import { version } from '#cli/version.ts';
import type { Config } from '#config/config.ts';
import type { Log } from '#platform/logging/log.ts';
import type { Tracing } from '#platform/tracing/tracing.ts';

/** Loads the SDK of OpenTelemetry only when it is needed. */
export async function openTracing(config: Config, log: Log): Promise<Tracing | undefined> {
  const { endpoint } = config.traces;
  if (endpoint === undefined) return undefined;
  const { openOtlpTraces } = await import('#platform/tracing/otlp-traces.ts');
  const { headers = {}, attributes = {}, ...settings } = config.traces;
  return openOtlpTraces({
    ...settings,
    endpoint,
    headers,
    attributes,
    version,
    environment: config.environment,
    origin: config.issuerUrl,
    log,
  });
}
