// `npm run bench`: measures the product, oidc-provider alone and Koa alone, flow by flow and
// directly after each other, so that the ratios are valid even if the machine is under other load.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { BenchServices } from '#bench/services.ts';
import { formatTable } from '#bench/table.ts';
import type { CleanUp } from '#test/support/services/databases.ts';
import { asStaticClients, prepareMaterials, register, type Registered } from './materials.ts';
import { runFlow, type FlowFigures } from './run-flow.ts';
import { loadFlows, noMaterials } from './scripts.ts';
import {
  findAddress,
  startBareEngine,
  startKoaHello,
  startProduct,
  type LoadServer,
} from './servers.ts';

export interface LoadOptions {
  readonly flows: readonly string[];
  readonly seconds: number;
  /** Of several rounds, the cheapest of each server counts, because noise only adds cost. */
  readonly rounds: number;
  readonly connections: number;
  /** Measures only the product, and writes its CPU profile to this directory. */
  readonly profileDirectory: string | undefined;
}

interface Servers {
  readonly registered: Registered;
  readonly product: LoadServer;
  readonly engine: LoadServer;
  readonly koa: LoadServer;
}

interface Row {
  readonly flow: string;
  readonly product: FlowFigures;
  readonly engine: FlowFigures | undefined;
  readonly koa: FlowFigures;
}

const warmUpSeconds = 1.5;

export async function measureLoad(
  services: BenchServices,
  t: CleanUp,
  options: LoadOptions,
): Promise<string> {
  const all = Object.keys(loadFlows).filter((flow) => flow !== 'hello');
  const flows = options.flows.length > 0 ? options.flows : all;
  const unknown = flows.find((flow) => !all.includes(flow));
  if (unknown) throw new Error(`Unknown flow "${unknown}". Available: ${all.join('; ')}.`);
  const servers = await startServers(services, t, options);
  const rows: Row[] = [];
  for (const flow of flows) {
    const rounds: Row[] = [];
    while (rounds.length < options.rounds) {
      rounds.push(await measureRow(t, servers, flow, options));
    }
    rows.push(cheapestOf(flow, rounds));
  }
  return describeRows(rows);
}

async function startServers(
  { createDatabase, redisUrl, directory }: BenchServices,
  t: CleanUp,
  { connections, profileDirectory }: LoadOptions,
): Promise<Servers> {
  const address = await findAddress();
  const settings = {
    PORT: String(address.port),
    ISSUER: address.issuer,
    DATABASE_URL: await createDatabase(),
    REDIS_URL: redisUrl,
    DATA_DIRECTORY: join(directory, 'product'),
    WORKERS: '1',
    // All requests come from one address, so the rate limits would slow them down.
    RATE_LIMITS: 'off',
    ENCRYPTION_KEYS: `bench:${randomBytes(32).toString('base64')}`,
    COOKIE_KEYS: randomBytes(32).toString('base64url'),
  };
  const registered = await register(settings, connections);
  const clients = asStaticClients(registered);
  return {
    registered,
    product: await startProduct(t, address, settings, profileDirectory),
    engine: await startBareEngine(t, await findAddress(), clients, registered.jwtAudience),
    koa: await startKoaHello(t, await findAddress()),
  };
}

async function measureRow(
  t: CleanUp,
  { registered, product, engine, koa }: Servers,
  flow: string,
  { connections, seconds, profileDirectory }: LoadOptions,
): Promise<Row> {
  const measure = async (server: LoadServer) => {
    const materials = await prepareMaterials(t, server, registered);
    return runFlow(server, { flow, connections, warmUpSeconds, seconds, materials });
  };
  // oidc-provider alone verifies no passwords, so there is nothing to compare.
  const isComparable = flow !== 'password sign-in' && profileDirectory === undefined;
  const hello = { flow: 'hello', connections, warmUpSeconds: 0.5, seconds: seconds / 2 };
  return {
    flow,
    product: await measure(product),
    engine: isComparable ? await measure(engine) : undefined,
    koa: await runFlow(koa, { ...hello, materials: noMaterials }),
  };
}

function cheapestOf(flow: string, rounds: readonly Row[]): Row {
  const cheapest = (figures: readonly (FlowFigures | undefined)[]) =>
    figures
      .filter((each) => each !== undefined)
      .toSorted((a, b) => a.serverCpu - b.serverCpu)
      .at(0);
  const product = cheapest(rounds.map((round) => round.product));
  const koa = cheapest(rounds.map((round) => round.koa));
  if (!product || !koa) throw new Error('There must be at least one round.');
  return { flow, product, koa, engine: cheapest(rounds.map(({ engine }) => engine)) };
}

function describeRows(rows: readonly Row[]): string {
  const heading = [
    'flow',
    'per s',
    'CPU us',
    '+ PG us',
    '+ Redis us',
    'p50 ms',
    'p99 ms',
    '503',
    'engine us',
    'x engine',
    'Koa us',
    'x Koa',
  ];
  return formatTable([heading, ...rows.map(describeRow)]);
}

function describeRow({ flow, product, engine, koa }: Row): string[] {
  const ratio = (other: FlowFigures) => (product.serverCpu / other.serverCpu).toFixed(2);
  return [
    flow,
    product.perSecond.toFixed(0),
    product.serverCpu.toFixed(0),
    product.postgresCpu.toFixed(0),
    product.redisCpu.toFixed(0),
    product.medianMs.toFixed(1),
    product.p99Ms.toFixed(1),
    String(product.refused),
    engine ? engine.serverCpu.toFixed(0) : '-',
    engine ? ratio(engine) : '-',
    koa.serverCpu.toFixed(0),
    ratio(koa),
  ];
}
