// Maps log fields to the Elastic Common Schema. Fields that the schema does not define become members of
// `ostiary`. https://www.elastic.co/guide/en/ecs/current/ecs-field-reference.html
import { isIP } from 'node:net';
import { ecsFormat } from '@elastic/ecs-pino-format';
import type { LoggerOptions } from 'pino';

export interface LogService {
  readonly name: string;
  readonly version: string;
  readonly environment: string;
}

type Fields = Readonly<Record<string, unknown>>;

const ecsNames: Readonly<Record<string, string>> = {
  event: 'event.action',
  requestId: 'http.request.id',
  method: 'http.request.method',
  status: 'http.response.status_code',
  bytes: 'http.response.body.bytes',
  userAgent: 'user_agent.original',
  userId: 'user.id',
  trace_id: 'trace.id',
  span_id: 'span.id',
  awsRequestId: 'faas.execution',
};

/** The options of pino for this format. */
export function createEcsOptions(service: LogService | undefined): LoggerOptions {
  const ecs = ecsFormat({
    // Otherwise, it would look for an agent that is not installed.
    apmIntegration: false,
    convertErr: false,
    serviceName: service?.name ?? 'ostiary',
    ...(service && { serviceVersion: service.version, serviceEnvironment: service.environment }),
    eventDataset: 'ostiary.log',
  });
  return { ...ecs, formatters: { ...ecs.formatters, log: toEcsFields } };
}

export function toEcsFields(fields: Fields): Record<string, unknown> {
  const named: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) Object.assign(named, toEcsField(name, value));
  return named;
}

function toEcsField(name: string, value: unknown): Record<string, unknown> {
  if (name === 'err') return presentError(Object(value));
  // Nanoseconds.
  if (name === 'ms' && typeof value === 'number') return { 'event.duration': value * 1e6 };
  // Elasticsearch would refuse the whole line if the value were not an IP address.
  if (name === 'address' && typeof value === 'string' && isIP(value)) return { 'client.ip': value };
  return { [ecsNames[name] ?? `ostiary.${toSnakeCase(name)}`]: value };
}

/** @param error as log-fields.ts presents it: type, code, message, stack, cause */
function presentError(error: Fields): Record<string, unknown> {
  return {
    'error.type': error['type'],
    'error.message': error['message'],
    ...(error['code'] === undefined ? {} : { 'error.code': error['code'] }),
    'error.stack_trace': stackOf(error),
  };
}

function stackOf(error: Fields): string {
  const textOf = (name: string) => (typeof error[name] === 'string' ? error[name] : '');
  const own = `${textOf('type')}: ${textOf('message')}\n${textOf('stack')}`;
  const { cause } = error;
  return cause === undefined ? own : `${own}\nCaused by: ${stackOf(Object(cause))}`;
}

function toSnakeCase(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
