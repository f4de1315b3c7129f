// Checks that the collector accepts traces, and that the trace settings do not contradict each other. Unknown
// propagators and samplers are already configuration errors.
import type { Config } from '#config/config.ts';
import type { Finding } from '#cli/doctor/findings.ts';

type Settings = Pick<Config, 'traces' | 'trustedProxies'>;

const check = 'traces';
const answerWithinMs = 5_000;

export async function inspectTraces({ traces, trustedProxies }: Settings): Promise<Finding[]> {
  const { endpoint, headers = {} } = traces;
  if (endpoint === undefined) return inspectUnused(traces);
  return [
    await inspectCollector(endpoint, headers),
    inspectPropagators(traces.propagators, trustedProxies.length > 0),
    ...inspectXRay(endpoint),
    ...inspectSampler(traces),
  ];
}

/** Traces are optional, so only a setting without effect is reported. */
function inspectUnused({ headers, attributes }: Settings['traces']): Finding[] {
  if (headers === undefined && attributes === undefined) return [];
  const name = headers ? 'OTEL_EXPORTER_OTLP_HEADERS' : 'OTEL_RESOURCE_ATTRIBUTES';
  const message = `${name} has no effect, because OTEL_EXPORTER_OTLP_ENDPOINT is unset.`;
  return [{ check, state: 'warn', message, next: 'Set it to the address of your collector.' }];
}

/** Sends an empty export, which every collector must accept (OTLP 1.x, section OTLP/HTTP). */
async function inspectCollector(
  endpoint: string,
  headers: Readonly<Record<string, string>>,
): Promise<Finding> {
  const url = `${endpoint.replace(/\/$/, '')}/v1/traces`;
  const place = URL.parse(url)?.host ?? url;
  try {
    const { status } = await fetch(url, {
      method: 'POST',
      body: new Uint8Array(),
      headers: { ...headers, 'Content-Type': 'application/x-protobuf' },
      redirect: 'manual',
      signal: AbortSignal.timeout(answerWithinMs),
    });
    return describeAnswer(place, status);
  } catch (error) {
    const message = `The collector at ${place} does not answer (${reasonOf(error)}).`;
    const next = 'Start it, or correct OTEL_EXPORTER_OTLP_ENDPOINT. Until then, traces are lost.';
    return { check, state: 'warn', message, next };
  }
}

function describeAnswer(place: string, status: number): Finding {
  if (status >= 200 && status < 300) {
    return { check, state: 'ok', message: `The collector at ${place} accepts traces.` };
  }
  const message = `The collector at ${place} answers ${status} to /v1/traces.`;
  return { check, state: 'warn', message, next: adviceFor(status) };
}

function adviceFor(status: number): string {
  if (status === 401 || status === 403) return 'Check OTEL_EXPORTER_OTLP_HEADERS.';
  if (status === 404 || (status >= 300 && status < 400)) {
    return 'OTEL_EXPORTER_OTLP_ENDPOINT must be the base address, to which /v1/traces is added.';
  }
  if (status === 400 || status === 415) {
    return 'It must accept OTLP over HTTP with protobuf; port 4318 by convention, not 4317 (gRPC).';
  }
  return 'See the log of the collector.';
}

/** The code of a connection error; a message could repeat the headers. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  if (error.name === 'TimeoutError') return `no response within ${answerWithinMs / 1000} seconds`;
  const { cause } = error;
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return typeof code === 'string' ? code : 'connection failed';
}

function inspectPropagators(names: Settings['traces']['propagators'], isProxied: boolean): Finding {
  const list = names.join(', ');
  if (names.includes('none')) {
    return { check, state: 'ok', message: 'Every request begins a trace of its own.' };
  }
  if (isProxied) {
    const message = `A trusted proxy passes on its trace in headers of ${list}.`;
    return { check, state: 'ok', message };
  }
  const own = 'Every request begins a trace of its own';
  const message = `${own}; headers of ${list} are read from TRUSTED_PROXIES only, which is unset.`;
  return { check, state: 'ok', message };
}

/** X-Ray's own endpoint accepts signed requests only, which a collector would send. */
function inspectXRay(endpoint: string): Finding[] {
  const host = URL.parse(endpoint)?.hostname ?? '';
  if (!/^xray\..*amazonaws\.com/.test(host)) return [];
  const message =
    'AWS X-Ray accepts only requests with an AWS signature, which Ostiary does not send.';
  const next = 'Set OTEL_EXPORTER_OTLP_ENDPOINT to a collector with the exporter awsxray.';
  return [{ check, state: 'warn', message, next }];
}

function inspectSampler({ sampler, ratio }: Settings['traces']): Finding[] {
  const never = sampler === 'always_off' || (sampler === 'traceidratio' && ratio === 0);
  if (!never) return [];
  const message = 'No request is traced, although a collector is set.';
  return [{ check, state: 'warn', message, next: 'Change OTEL_TRACES_SAMPLER.' }];
}
