// `npm run bench`: measures the product, oidc-provider alone and a hand-written server, one core each, by
// turns: every round measures each flow on each server once, and the median of the rounds counts. So
// the ratios are valid even if the machine is under other load.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { describeMachine, readLoadAverage } from '#bench/machine.ts';
import type { Placement } from '#bench/placement.ts';
import type { BenchServices } from '#bench/services.ts';
import type { CleanUp } from '#test/support/services/databases.ts';
import {
  asStaticClients,
  prepareMaterials,
  register,
  signInAll,
  type SignedIn,
} from './materials.ts';
import { summarize, type LoadResults, type Measured, type Summary } from './results.ts';
import { runFlow, type FlowFigures } from './run-flow.ts';
import { loadFlows, noMaterials, type Flow, type ServerName } from './scripts.ts';
import { findAddress, startBareEngine, startFloor } from './servers.ts';
import { startKoaHello, startProduct, type LoadServer } from './servers.ts';

export interface LoadOptions {
  readonly flows: readonly string[];
  readonly seconds: number;
  readonly rounds: number;
  readonly connections: number;
  readonly placement: Placement;
  readonly say: (line: string) => void;
  /** Measures only the product, and writes its CPU profile to this directory. */
  readonly profileDirectory: string | undefined;
}

/** Arrivals of the open loop: this share of what the product handled in the closed loop. */
export const openShare = 0.5;
/** Warm-up of the first round of a flow, and of later ones. */
const warmUpSeconds = [1.5, 0.5] as const;
const compared: readonly ServerName[] = ['ostiary', 'engine', 'floor'];

interface Bench {
  readonly options: LoadOptions;
  readonly servers: ReadonlyMap<ServerName, SignedIn | LoadServer>;
}

export async function measureLoad(
  services: BenchServices,
  t: CleanUp,
  options: LoadOptions,
): Promise<LoadResults> {
  const flows = selectFlows(options.flows);
  const startedAt = new Date().toISOString();
  const loadBefore = readLoadAverage();
  const bench = { options, servers: await startServers(services, t, options) };
  const closed = await measureClosed(bench, flows);
  const measured: Measured[] = [];
  for (const flow of flows) {
    measured.push({
      flow,
      closed: closed(flow),
      open: await measureOpen(bench, flow, closed(flow)),
    });
  }
  return {
    startedAt,
    endedAt: new Date().toISOString(),
    machine: describeMachine(await services.versions()),
    loadAverage: { before: loadBefore, after: readLoadAverage() },
    settings: {
      seconds: options.seconds,
      rounds: options.rounds,
      connections: options.connections,
      openShare,
      serverCore: options.placement.serverCore ?? null,
      otherCores: options.placement.otherCores,
    },
    flows: measured,
  };
}

/** Flows are named by the beginning of their names. */
function selectFlows(given: readonly string[]): readonly string[] {
  const all = Object.keys(loadFlows);
  if (given.length === 0) return all;
  const unknown = given.find((name) => !all.some((flow) => flow.startsWith(name)));
  if (unknown) throw new Error(`Unknown flow "${unknown}". Available: ${all.join('; ')}.`);
  return all.filter((flow) => given.some((name) => flow.startsWith(name)));
}

async function startServers(
  { createDatabase, redisUrl, directory }: BenchServices,
  t: CleanUp,
  { connections, profileDirectory, placement }: LoadOptions,
): Promise<Bench['servers']> {
  const findPlace = async () => ({ ...(await findAddress()), cores: [placement.serverCore] });
  const place = await findPlace();
  const settings = productSettings({
    PORT: String(place.port),
    ISSUER: place.issuer,
    DATABASE_URL: await createDatabase(),
    REDIS_URL: redisUrl,
    DATA_DIRECTORY: join(directory, 'product'),
  });
  const registered = await register(settings, connections);
  const product = await startProduct(t, place, settings, profileDirectory);
  const servers = [product, ...(profileDirectory ? [] : await startBaselines())];
  const ready: [ServerName, SignedIn | LoadServer][] = [];
  for (const server of servers) {
    const isKoa = server.name === 'koa';
    ready.push([server.name, isKoa ? server : await signInAll(t, server, registered)]);
  }
  return new Map(ready);

  async function startBaselines(): Promise<readonly LoadServer[]> {
    const { app, service, people, jwtAudience } = registered;
    const clients = [app, service];
    const floor = { databaseUrl: await createDatabase(), redisUrl, clients, people };
    return [
      await startBareEngine(t, await findPlace(), asStaticClients(registered), jwtAudience),
      await startFloor(t, await findPlace(), floor),
      await startKoaHello(t, await findPlace()),
    ];
  }
}

/** Settings of the product in every measurement. */
export function productSettings<Place extends object>(place: Place) {
  return {
    WORKERS: '1',
    // All requests come from one address, so the rate limits would slow them down.
    RATE_LIMITS: 'off',
    ENCRYPTION_KEYS: `bench:${randomBytes(32).toString('base64')}`,
    COOKIE_KEYS: randomBytes(32).toString('base64url'),
    ...place,
  };
}

async function measureClosed(bench: Bench, flows: readonly string[]) {
  const { rounds, say } = bench.options;
  const figures = new Map<string, FlowFigures[]>();
  for (let round = 0; round < rounds; round += 1) {
    for (const flow of flows) {
      for (const name of inTurn(serversOf(bench, flow), round)) {
        const measured = await measure(bench, flow, name, round === 0);
        const key = `${flow} ${name}`;
        figures.set(key, [...(figures.get(key) ?? []), measured]);
      }
    }
    say(`Round ${round + 1} of ${rounds} is complete.`);
  }
  return (flow: string): Partial<Record<ServerName, Summary>> =>
    Object.fromEntries(
      serversOf(bench, flow).map((name) => [name, summarize(figures.get(`${flow} ${name}`) ?? [])]),
    );
}

/** The same number of arrivals at every server, so that the times can be compared. */
async function measureOpen(
  bench: Bench,
  flow: string,
  closed: Partial<Record<ServerName, Summary>>,
): Promise<Partial<Record<ServerName, Summary>>> {
  const arrivalsPerSecond = (closed.ostiary?.median.perSecond ?? 0) * openShare;
  if (arrivalsPerSecond === 0) return {};
  const found: [ServerName, Summary][] = [];
  for (const name of serversOf(bench, flow)) {
    found.push([name, summarize([await measure(bench, flow, name, false, arrivalsPerSecond)])]);
  }
  return Object.fromEntries(found);
}

async function measure(
  { servers, options }: Bench,
  flow: string,
  name: ServerName,
  isFirst: boolean,
  arrivalsPerSecond?: number,
): Promise<FlowFigures> {
  const server = servers.get(name);
  if (!server) throw new Error(`${name} was not started.`);
  const { connections, seconds } = options;
  const isReady = 'browsers' in server;
  return runFlow(isReady ? server.server : server, {
    flow,
    connections,
    seconds,
    warmUpSeconds: warmUpSeconds[isFirst ? 0 : 1],
    materials: isReady ? await prepareMaterials(server, flowOf(flow)) : noMaterials,
    ...(arrivalsPerSecond === undefined ? {} : { arrivalsPerSecond }),
  });
}

function flowOf(name: string): Flow {
  const flow = loadFlows[name];
  if (!flow) throw new Error(`Unknown flow "${name}".`);
  return flow;
}

function serversOf({ servers }: Bench, flow: string): readonly ServerName[] {
  return (flowOf(flow).servers ?? compared).filter((name) => servers.has(name));
}

/** Each round begins with another server. */
function inTurn<Item>(items: readonly Item[], round: number): readonly Item[] {
  const start = round % Math.max(items.length, 1);
  return [...items.slice(start), ...items.slice(0, start)];
}
