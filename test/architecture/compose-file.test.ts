// The compose file defines a valid production installation and exposes only the intended ports.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { parseEnv, promisify } from 'node:util';
import { parse } from 'yaml';
import { readConfig } from '#config/config.ts';
import { createNetworkMatcher } from '#platform/outbound/networks.ts';
import { allSettings, settings } from '#config/settings.ts';

const root = join(import.meta.dirname, '../..');
const samplesOfProxies = ['compose.traefik.yml', 'compose.own-proxy.yml'] as const;

interface Service {
  /** Members that the sample files must not set for a service that they change. */
  readonly image?: string;
  readonly env_file?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly command?: readonly string[];
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly profiles?: readonly string[];
  readonly networks: unknown;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly stop_grace_period?: string;
  readonly [member: string]: unknown;
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: {
    readonly front: { readonly ipam: { readonly config: readonly { readonly subnet: string }[] } };
    readonly back: { readonly internal: boolean };
  };
}

async function readCompose(): Promise<Compose> {
  // The file is trusted; a missing member fails the test that needs it.
  return parse(await readFile(join(root, 'docker-compose.yml'), 'utf8')) as Compose;
}

async function readService(name: string): Promise<Service> {
  const service = (await readCompose()).services[name];
  if (!service) throw new Error(`service ${name} not found`);
  return service;
}

/** Creates `.env` by the command in the documentation. */
async function makeEnv(t: TestContext): Promise<Readonly<Record<string, string>>> {
  const page = await readFile(join(root, 'docs/production.md'), 'utf8');
  const [, command = ''] = /^```sh\n(umask[^]*?)^```/m.exec(page) ?? [];
  const directory = await mkdtemp(join(tmpdir(), 'ostiary-env-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  await promisify(execFile)('sh', ['-euc', command], { cwd: directory });
  const parsed = parseEnv(await readFile(join(directory, '.env'), 'utf8'));
  return parsed as Record<string, string>; // the command gives every name a value
}

/** Substitutes `${NAME:?message}` and `${NAME:-default}` as compose does. */
function fillIn(text: string, env: Readonly<Record<string, string>> = {}): string {
  const variable = /\$\{(\w+)(?::(?:\?[^}]*|-([^}]*)))?\}/g;
  return text.replaceAll(variable, (_, name: string, fallback?: string) => {
    const value = env[name] ?? fallback;
    if (value === undefined) throw new Error(`${name} is not set`);
    return value;
  });
}

async function readSample(name: string): Promise<Partial<Compose>> {
  const text = await readFile(join(root, 'deploy', name), 'utf8');
  return parse(text) as Partial<Compose>; // trusted, like the compose file
}

describe('docker-compose.yml', () => {
  it('pins a version of every image', async () => {
    const { services } = await readCompose();
    const images = Object.values(services).map(({ image }) => image);

    assert.deepEqual(
      images.filter((image = '') => !/:v?\d[\w.-]*$/.test(image)),
      [],
    );
  });

  it('sets only existing settings', async () => {
    const { environment = {} } = await readService('ostiary');
    const known = new Set<string>(allSettings.map(({ setting }) => setting.name));

    assert.deepEqual(
      Object.keys(environment).filter((name) => !known.has(name)),
      [],
    );
  });

  it('defines a valid production installation with the .env of the documentation', async (t) => {
    const env = await makeEnv(t);
    const { env_file: file, environment = {} } = await readService('ostiary');
    const filled = Object.entries(environment).map(
      ([name, text]) => [name, fillIn(text, env)] as const,
    );

    const config = readConfig({ ...env, ...Object.fromEntries(filled) });

    assert.equal(file, '.env');
    assert.equal(config.environment, 'production');
    assert.equal(config.issuer, env['ISSUER']);
    assert.equal(new URL(config.databaseUrl ?? '').hostname, 'postgres');
    assert.equal(new URL(config.redisUrl ?? '').hostname, 'redis');
  });

  it('trusts only the proxy', async () => {
    const { environment = {} } = await readService('ostiary');
    const { networks } = await readService('proxy');
    const { ipam } = (await readCompose()).networks.front;

    const trusted = environment['TRUSTED_PROXIES'] ?? '';
    const subnets = ipam.config.map(({ subnet }) => fillIn(subnet));
    assert.deepEqual(networks, { front: { ipv4_address: trusted } });
    assert.equal(createNetworkMatcher(subnets)(fillIn(trusted)), true);
  });

  it('publishes only the ports of the proxy', async () => {
    const { services, networks } = await readCompose();
    const open = Object.entries(services).filter(([, { ports = [] }]) =>
      ports.some((port) => !port.startsWith('127.0.0.1:')),
    );

    assert.deepEqual(
      open.map(([name]) => name),
      ['proxy'],
    );
    assert.deepEqual(services['postgres']?.networks, ['back']);
    assert.deepEqual(services['redis']?.networks, ['back']);
    assert.equal(networks.back.internal, true);
  });

  it('captures mail on this machine unless SMTP_URL is set', async () => {
    const { environment = {} } = await readService('ostiary');
    const { profiles, ports } = await readService('mail');
    const url = environment['SMTP_URL'] ?? '';

    assert.equal(fillIn(url), 'smtp://mail:1025?tls=optional');
    assert.equal(fillIn(url, { SMTP_URL: 'smtps://mail.example' }), 'smtps://mail.example');
    assert.equal(profiles, undefined);
    assert.deepEqual(
      ports?.map((port) => fillIn(port)),
      ['127.0.0.1:8025:8025'],
    );
  });

  it('allows the connections of 32 workers, and of the command line', async () => {
    const { command = [] } = await readService('postgres');
    const production = await readFile(join(root, 'docs/production.md'), 'utf8');
    const [, perWorker = ''] = /nodes × `WORKERS` × (\d+)/.exec(production) ?? [];
    const [, allowed = ''] = /max_connections=(\d+)/.exec(fillIn(command.join(' '))) ?? [];

    assert.ok(Number(allowed) >= 32 * Number(perWorker) + 10);
  });

  it('limits the log files of every container', async () => {
    const samples = await Promise.all(samplesOfProxies.map(readSample));
    const all = [await readCompose(), ...samples].flatMap(({ services = {} }) =>
      Object.entries(services).filter(([, { image }]) => image !== undefined),
    );
    const unlimited = all.filter(
      ([, { logging }]) => !JSON.stringify(logging).includes('max-size'),
    );

    assert.ok(all.length > 5);
    assert.deepEqual(
      unlimited.map(([name]) => name),
      [],
    );
  });

  for (const name of samplesOfProxies) {
    it(`is combined with ${name}, whose proxy replaces Caddy and is trusted alone`, async () => {
      const base = await readCompose();
      const { services = {} } = await readSample(name);
      const { proxy, ostiary, traefik } = services;
      const subnets = base.networks.front.ipam.config.map(({ subnet }) => fillIn(subnet));
      const [port = ''] = ostiary?.ports ?? [];
      const trusted =
        ostiary?.environment?.['TRUSTED_PROXIES'] ??
        base.services['ostiary']?.environment?.['TRUSTED_PROXIES'];

      assert.deepEqual(proxy, { profiles: ['caddy'] });
      assert.equal(createNetworkMatcher(subnets)(fillIn(trusted ?? '')), true);
      if (traefik) assert.deepEqual(traefik.networks, { front: { ipv4_address: trusted } });
      else assert.match(port, /^127\.0\.0\.1:/);
    });
  }

  it('configures a Redis that never evicts and survives a restart', async () => {
    const { command = [], volumes } = await readService('redis');
    const option = (name: string) => command[command.indexOf(name) + 1];

    assert.equal(option('--maxmemory-policy'), 'noeviction');
    assert.equal(option('--appendonly'), 'yes');
    assert.deepEqual(volumes, ['redis:/data']);
  });

  it('mounts the PostgreSQL volume at the path of the image since version 18', async () => {
    const { image, volumes, healthcheck } = await readService('postgres');

    assert.match(image ?? '', /^postgres:(?:1[89]|[2-9]\d)/);
    assert.deepEqual(volumes, ['postgres:/var/lib/postgresql']);
    assert.ok(healthcheck?.test.includes('--host=127.0.0.1'));
  });

  it('restricts the privileges of the server and gives it time to shut down', async () => {
    const server = await readService('ostiary');

    assert.equal(server['read_only'], true);
    assert.deepEqual(server['cap_drop'], ['ALL']);
    assert.deepEqual(server['security_opt'], ['no-new-privileges:true']);
    assert.ok(Number.parseInt(server.stop_grace_period ?? '', 10) > settings.stopSeconds.default);
  });

  it('waits until the stores are healthy', async () => {
    const { services } = await readCompose();
    const { depends_on: needs } = await readService('ostiary');
    const healthy = { condition: 'service_healthy' };

    assert.deepEqual(needs, { postgres: healthy, redis: healthy });
    assert.ok(services['postgres']?.healthcheck && services['redis']?.healthcheck);
  });

  it('forwards the proxy to the port of the image', async () => {
    const caddy = await readFile(join(root, 'deploy/Caddyfile'), 'utf8');
    const docker = await readFile(join(root, 'Dockerfile'), 'utf8');
    const { volumes } = await readService('proxy');

    const [, port] = /\{\$OSTIARY:ostiary:(\d+)\}/.exec(caddy) ?? [];
    assert.ok(volumes?.includes('./deploy/Caddyfile:/etc/caddy/Caddyfile:ro'));
    assert.match(docker, new RegExp(`^EXPOSE ${port}$`, 'm'));
    assert.match(docker, new RegExp(`PORT=${port}$`, 'm'));
  });
});
