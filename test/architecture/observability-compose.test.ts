// docker-compose.observability.yml: every mounted file exists and parses, nothing but loopback is
// published, and the settings of Ostiary are valid together with those of the first file.
import assert from 'node:assert/strict';
import { access, readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { allSettings } from '#config/settings.ts';
import { traceSettings } from '#config/settings/traces.ts';
import { toEcsFields } from '#platform/logging/ecs-lines.ts';

const root = join(import.meta.dirname, '../..');

interface Service {
  readonly image?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly networks?: readonly string[];
  readonly depends_on?: Readonly<Record<string, unknown>>;
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: Readonly<Record<string, unknown>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

async function readCompose(name = 'docker-compose.observability.yml'): Promise<Compose> {
  // The file is trusted; a missing member fails the test that needs it.
  return parse(await readFile(join(root, name), 'utf8')) as Compose;
}

const listOf = ({ services }: Compose, key: 'volumes' | 'ports') =>
  Object.values(services).flatMap((service) => service[key] ?? []);

describe('docker-compose.observability.yml', () => {
  it('mounts only files and folders that exist, and volumes that it declares', async () => {
    const compose = await readCompose();
    const sources = listOf(compose, 'volumes').map((each) => each.split(':')[0] ?? '');

    for (const source of sources) {
      if (source.startsWith('./')) await access(join(root, source));
      else assert.ok(source.startsWith('/var/') || source in compose.volumes, source);
    }
    assert.ok(sources.some((source) => source.startsWith('./deploy/grafana')));
  });

  it('mounts files that parse', async () => {
    const folders = ['deploy/elastic', 'deploy/prometheus', 'deploy/grafana'];
    const files = await Promise.all(
      folders.map(async (folder) => {
        const names = await readdir(join(root, folder), { recursive: true });
        return names.map((name) => join(root, folder, name));
      }),
    );
    const documents = files.flat().filter((path) => /\.(?:ya?ml|json)$/.test(path));

    assert.ok(documents.length >= 8, String(documents));
    for (const path of documents) {
      // JSON is parsed as JSON: a YAML parser would accept a trailing comma.
      const text = await readFile(path, 'utf8');
      assert.equal(
        typeof (path.endsWith('.json') ? JSON.parse(text) : parse(text)),
        'object',
        path,
      );
    }
  });

  it('pins a version of every image, and publishes ports on loopback only', async () => {
    const compose = await readCompose();
    const { ostiary, ...others } = compose.services;
    const images = Object.values(others).map(({ image = '' }) => image);
    const ports = listOf(compose, 'ports');

    assert.equal(ostiary?.image, undefined, 'the first file names it');
    assert.deepEqual(
      images.filter((image) => !/:v?\d+\.\d+\.\d+$/.test(image)),
      [],
    );
    assert.deepEqual(
      ports.filter((port) => !port.startsWith('127.0.0.1:')),
      [],
    );
    assert.equal(new Set(ports).size, 4);
  });

  it('sends the traces and metrics of Ostiary to services of its own network', async () => {
    const { services, networks } = await readCompose();
    const first = await readCompose('docker-compose.yml');
    const environment = services['ostiary']?.environment ?? {};
    const known = new Set<string>(allSettings.map(({ setting }) => setting.name));

    assert.deepEqual(
      Object.keys(environment).filter((name) => !known.has(name)),
      [],
    );
    const endpoint = traceSettings.traces.members.endpoint.kind.parse(
      environment['OTEL_EXPORTER_OTLP_ENDPOINT'] ?? '',
    );
    assert.ok(new URL(endpoint).hostname in services);
    const joined = services['ostiary']?.networks ?? [];
    assert.deepEqual(
      joined.toSorted(),
      [...Object.keys(first.networks), 'observability'].toSorted(),
    );
    assert.ok('observability' in networks);
    for (const { depends_on: needed = {} } of Object.values(services)) {
      for (const name of Object.keys(needed)) assert.ok(name in services, name);
    }
    const scraped = await readFile(join(root, 'deploy/prometheus/prometheus.compose.yml'), 'utf8');
    const [target] = parse(scraped).scrape_configs[0].dns_sd_configs;
    assert.deepEqual([target.names, String(target.port)], [['ostiary'], environment['OPS_PORT']]);
  });
});

describe('the index template', () => {
  it('has a type for each field of the format ecs that is not a text of its own', async () => {
    const path = join(root, 'deploy/elastic/index-template.json');
    const { template } = JSON.parse(await readFile(path, 'utf8'));
    const fields = toEcsFields({
      event: 'a.b',
      requestId: 'r1',
      method: 'GET',
      status: 200,
      ms: 1,
      bytes: 1,
      address: '192.0.2.1',
      userAgent: 'x',
      userId: 'u1',
      trace_id: 't1',
      span_id: 's1',
      route: '/',
      clientId: 'c1',
      err: { type: 'Error', message: 'x', code: 'y', stack: '' },
    });

    for (const name of Object.keys(fields)) {
      const mapped = name
        .split('.')
        .reduce((at: unknown, part) => Object(Object(at).properties)[part], template.mappings);
      assert.equal(typeof Object(mapped).type, 'string', name);
    }
  });
});
