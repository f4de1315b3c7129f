// Where traces are sent, with the names that OpenTelemetry defines:
// https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
import { webAddress } from '#config/kinds/addresses.ts';
import { parseList } from '#config/kinds/lists.ts';
import { wholeNumber } from '#config/kinds/numbers.ts';
import { choice, matching } from '#config/kinds/text.ts';
import { setting, type Kind } from '#config/setting.ts';

const propagatorNames = ['tracecontext', 'baggage', 'xray', 'none'] as const;

const propagators: Kind<readonly (typeof propagatorNames)[number][]> = {
  values: 'of `tracecontext`, `baggage`, `xray`, or only `none`; comma separated',
  parse(text) {
    const names = parseList(text).map((entry) => choice(...propagatorNames).parse(entry));
    if (names.includes('none') && names.length > 1) throw new Error('must be none alone');
    return names;
  },
  describe: (names) => `\`${names.join(',')}\``,
};

function pairs(secret?: true): Kind<Readonly<Record<string, string>>> {
  return {
    values: '`name=value` pairs, comma separated, values percent-encoded',
    ...(secret && { secret }),
    parse: (text) => Object.fromEntries(parseList(text).map(readPair)),
  };
}

function readPair(entry: string): readonly [string, string] {
  const [, name, value] = /^([\w.-]+)\s*=\s*([^\s,;"\\]*)$/.exec(entry) ?? [];
  if (name === undefined || value === undefined) throw new Error('must be pairs like name=value');
  try {
    return [name, decodeURIComponent(value)];
  } catch {
    throw new Error('must have values that are percent-encoded');
  }
}

const ratio: Kind<number> = {
  values: 'a number from 0 to 1',
  parse(text) {
    const value = Number(text);
    if (/^\d*\.?\d+$/.test(text) && value <= 1) return value;
    throw new Error('must be a number from 0 to 1');
  },
};

export const traceSettings = {
  traces: {
    members: {
      endpoint: setting({
        name: 'OTEL_EXPORTER_OTLP_ENDPOINT',
        kind: webAddress,
        unset: 'no traces',
        example: 'http://localhost:4318',
        text:
          'The collector that receives traces ([observability](observability.md#traces)). ' +
          '`/v1/traces` is added.',
      }),
      protocol: setting({
        name: 'OTEL_EXPORTER_OTLP_PROTOCOL',
        kind: choice('http/protobuf'),
        default: 'http/protobuf',
        text: 'The protocol of the collector. gRPC is not supported.',
      }),
      headers: setting({
        name: 'OTEL_EXPORTER_OTLP_HEADERS',
        kind: pairs(true),
        unset: 'none',
        text: 'Headers for the collector, such as `Authorization=Bearer%20...`.',
      }),
      propagators: setting({
        name: 'OTEL_PROPAGATORS',
        kind: propagators,
        default: ['tracecontext', 'baggage'],
        sameOnAllNodes: true,
        text:
          'The headers with which a proxy of `TRUSTED_PROXIES` passes on its trace. With `xray`, ' +
          'ids have the form of AWS X-Ray.',
      }),
      sampler: setting({
        name: 'OTEL_TRACES_SAMPLER',
        kind: choice(
          'always_on',
          'always_off',
          'traceidratio',
          'parentbased_always_on',
          'parentbased_always_off',
          'parentbased_traceidratio',
        ),
        default: 'parentbased_always_on',
        text: 'Which requests are traced; `parentbased` follows the trusted proxy.',
      }),
      ratio: setting({
        name: 'OTEL_TRACES_SAMPLER_ARG',
        kind: ratio,
        default: 1,
        text: 'The share of requests that a sampler with `traceidratio` traces.',
      }),
      serviceName: setting({
        name: 'OTEL_SERVICE_NAME',
        kind: matching(/^[\x20-\x7e]{1,100}$/, 'up to 100 printable characters'),
        default: 'ostiary',
        text: 'The name of this service in traces.',
      }),
      attributes: setting({
        name: 'OTEL_RESOURCE_ATTRIBUTES',
        kind: pairs(),
        unset: 'none',
        text: 'Further attributes of this service, such as `k8s.pod.name=...`.',
      }),
      intervalMilliseconds: setting({
        name: 'OTEL_BSP_SCHEDULE_DELAY',
        kind: wholeNumber({ min: 10, max: 60_000, unit: 'ms' }),
        default: 5000,
        text: 'How often traces are sent.',
      }),
    },
  },
} as const;
