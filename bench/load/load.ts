// `npm run bench`: measures the product, oidc-provider alone and a hand-written server in turn, each on the
// same single core: every round measures each flow on each server once, and the median of the rounds counts.
// The ratios are therefore valid even if the machine is under other load.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { describeMachine, readLoadAverage } from '#bench/machine.ts';
import type { Placement } from '#bench/placement.ts';
import type { BenchServices } from '#bench/services.ts';
import type { CleanUp } from '#test/support/services/databases.ts';
import { bareEntrant, comparableSettings, entrantOf, type Entrant, type Peer } from './entrants.ts';
import type { Flow, ServerName } from './flow.ts';
import { asStaticClients, register, signInAll } from './materials.ts';
import { summarize, type LoadResults, type Measured, type Summary } from './results.ts';
import { runFlow, type FlowFigures } from './run-flow.ts';
import { loadFlows } from './scripts.ts';
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
  /** Other products. With them, only flows that one of them has are measured, in a closed loop only. */
  readonly peers?: readonly Peer[];
  /** Load of each flow on each server before anything is measured: V8 and the JVM optimize code while it runs. */
  readonly warmUpSeconds: number;
}

/** The arrival rate of the open loop, as a share of what the product handled in the closed loop. */
export const openShare = 0.5;
/** Load before each measurement, because the other servers have displaced this one from the caches. */
const usualRoundWarmUp = 0.5;
/** The JVM needs longer. */
const roundWarmUpWithPeers = 2;
const compared: readonly ServerName[] = ['ostiary', 'engine', 'floor'];

interface Bench {
  readonly options: LoadOptions;
  readonly entrants: ReadonlyMap<ServerName, Entrant>;
}

export async function measureLoad(
  services: BenchServices,
  t: CleanUp,
  options: LoadOptions,
): Promise<LoadResults> {
  const { peers = [] } = options;
  const flows = selectFlows(options.flows, peers);
  const startedAt = new Date().toISOString();
  const loadBefore = readLoadAverage();
  const bench = { options, entrants: await startServers(services, t, options) };
  await warmUp(bench, flows);
  const closed = await measureClosed(bench, flows);
  const measured: Measured[] = [];
  for (const flow of flows) {
    measured.push({
      flow,
      closed: closed(flow),
      open: peers.length > 0 ? {} : await measureOpen(bench, flow, closed(flow)),
    });
  }
  return {
    startedAt,
    endedAt: new Date().toISOString(),
    machine: describeMachine(
      Object.assign(await services.versions(), ...peers.map(({ versions }) => versions)),
    ),
    loadAverage: { before: loadBefore, after: readLoadAverage() },
    settings: {
      seconds: options.seconds,
      rounds: options.rounds,
      connections: options.connections,
      openShare,
      serverCore: options.placement.serverCore ?? null,
      otherCores: options.placement.otherCores,
      warmUpSeconds: options.warmUpSeconds,
    },
    flows: measured,
  };
}

/** Flows are named by the beginning of their names. */
function selectFlows(given: readonly string[], peers: readonly Peer[]): readonly string[] {
  const has = ({ name }: Peer, flow: string) => flowOf(flow).peers?.includes(name) === true;
  const all = Object.keys(loadFlows).filter(
    (flow) => peers.length === 0 || peers.some((peer) => has(peer, flow)),
  );
  if (given.length === 0) return all;
  const unknown = given.find((name) => !all.some((flow) => flow.startsWith(name)));
  if (unknown) throw new Error(`Unknown flow "${unknown}". Available: ${all.join('; ')}.`);
  return all.filter((flow) => given.some((name) => flow.startsWith(name)));
}

async function startServers(
  { createDatabase, redisUrl, directory }: BenchServices,
  t: CleanUp,
  { connections, profileDirectory, placement, peers = [] }: LoadOptions,
): Promise<Bench['entrants']> {
  const findPlace = async () => ({ ...(await findAddress()), cores: [placement.serverCore] });
  const place = await findPlace();
  const settings = productSettings({
    PORT: String(place.port),
    ISSUER: place.issuer,
    DATABASE_URL: await createDatabase(),
    REDIS_URL: redisUrl,
    DATA_DIRECTORY: join(directory, 'product'),
    ...(peers.length > 0 ? comparableSettings : {}),
  });
  const registered = await register(settings, connections);
  const product = await startProduct(t, place, settings, profileDirectory);
  const entrants: Entrant[] = [];
  for (const server of [product, ...(profileDirectory ? [] : await startBaselines())]) {
    const isKoa = server.name === 'koa';
    entrants.push(isKoa ? bareEntrant(server) : entrantOf(await signInAll(t, server, registered)));
  }
  for (const peer of peers) {
    const [address, databaseUrl] = [await findPlace(), await createDatabase()];
    const { people } = registered;
    entrants.push(await peer.start({ t, place: address, databaseUrl, people }));
  }
  return new Map(entrants.map((entrant) => [entrant.server.name, entrant]));

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

/** Lets the servers optimize their code before they are measured. */
async function warmUp({ entrants, options }: Bench, flows: readonly string[]): Promise<void> {
  const { connections, warmUpSeconds } = options;
  for (const { server, prepare } of entrants.values()) {
    const own = flows.filter((flow) => hasFlow(server.name, flow));
    options.say(`Warming ${server.name} up: ${own.length} flows of ${warmUpSeconds} s.`);
    for (const flow of own) {
      const order = { flow, connections, seconds: 1, warmUpSeconds };
      await runFlow(server, { ...order, prepare: () => prepare(flowOf(flow)) });
    }
  }
}

async function measureClosed(bench: Bench, flows: readonly string[]) {
  const { rounds, say } = bench.options;
  const figures = new Map<string, FlowFigures[]>();
  for (let round = 0; round < rounds; round += 1) {
    for (const flow of flows) {
      for (const name of inTurn(serversOf(bench, flow), round)) {
        const measured = await measure(bench, flow, name);
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

/** The arrival rate is the same for every server, so that the times can be compared. */
async function measureOpen(
  bench: Bench,
  flow: string,
  closed: Partial<Record<ServerName, Summary>>,
): Promise<Partial<Record<ServerName, Summary>>> {
  const arrivalsPerSecond = (closed.ostiary?.median.perSecond ?? 0) * openShare;
  if (arrivalsPerSecond === 0) return {};
  const found: [ServerName, Summary][] = [];
  for (const name of serversOf(bench, flow)) {
    found.push([name, summarize([await measure(bench, flow, name, arrivalsPerSecond)])]);
  }
  return Object.fromEntries(found);
}

async function measure(
  { entrants, options }: Bench,
  flow: string,
  name: ServerName,
  arrivalsPerSecond?: number,
): Promise<FlowFigures> {
  const entrant = entrants.get(name);
  if (!entrant) throw new Error(`${name} was not started.`);
  const { connections, seconds, peers = [] } = options;
  return runFlow(entrant.server, {
    flow,
    connections,
    seconds,
    warmUpSeconds: peers.length > 0 ? roundWarmUpWithPeers : usualRoundWarmUp,
    prepare: () => entrant.prepare(flowOf(flow)),
    ...(arrivalsPerSecond === undefined ? {} : { arrivalsPerSecond }),
  });
}

function flowOf(name: string): Flow {
  const flow = loadFlows[name];
  if (!flow) throw new Error(`Unknown flow "${name}".`);
  return flow;
}

function serversOf({ entrants }: Bench, flow: string): readonly ServerName[] {
  return [...entrants.keys()].filter((name) => hasFlow(name, flow));
}

function hasFlow(name: ServerName, flow: string): boolean {
  const { servers = compared, peers = [] } = flowOf(flow);
  const all: readonly ServerName[] = [...servers, ...peers];
  return all.includes(name);
}

/** Each round begins with a different server. */
function inTurn<Item>(items: readonly Item[], round: number): readonly Item[] {
  const start = round % Math.max(items.length, 1);
  return [...items.slice(start), ...items.slice(0, start)];
}
