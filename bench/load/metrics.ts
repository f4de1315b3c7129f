// `npm run bench:metrics`: processor time of requests with and without metrics. Servers as `npm start` runs them
// take turns in short batches on the same core. Two processes of the same program differ by some percent for
// their whole life, because their code is compiled and placed in memory differently; therefore every run
// starts new ones, and the confidence interval follows from how much the runs differ. A second server without
// metrics is the control: its difference must not be significant. A scrape costs the same however many
// requests there are, and is measured separately, as is an operation that nothing observes.
import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Placement } from '#bench/placement.ts';
import { findFreePort, readThreadSeconds } from '#bench/processes.ts';
import type { BenchServices } from '#bench/services.ts';
import { formatTable } from '#bench/table.ts';
import { createObservation } from '#platform/observation/observation.ts';
import type { CleanUp } from '#test/support/services/databases.ts';
import { productSettings } from './load.ts';
import { prepareMaterials, register, signInAll, type SignedIn } from './materials.ts';
import type { ClientOrder } from './metrics-client.ts';
import { loadFlows } from './scripts.ts';
import { findAddress, startProduct } from './servers.ts';

const flows = [
  'client_credentials, opaque',
  'client_credentials, JWT',
  'introspection, opaque',
  'refresh, opaque',
];
const connections = 4;
/** Enough for garbage collections within a batch. */
const requestsPerConnection = 50;
const warmUpBatches = 20;
/** Share of the processor time of a request that metrics may cost. */
const budget = 0.03;

const kinds = ['plain', 'control', 'measured'] as const;
type Kind = (typeof kinds)[number];
/** A steady change of the load affects all kinds alike, because the second half reverses the first. */
const order: readonly Kind[] = ['plain', 'measured', 'control', 'control', 'measured', 'plain'];

/** Sends one batch of requests, which must succeed; returns microseconds of processor time per request. */
type CostOfBatch = () => Promise<number>;
type Costs = Readonly<Record<Kind, number>>;

export interface MetricsOptions {
  /** The number of runs, each of which compares three new processes. */
  readonly runs: number;
  /** The number of rounds in a run; each has two batches per server. */
  readonly rounds: number;
  readonly placement: Placement;
  readonly say: (text: string) => void;
}

export async function measureMetrics(
  services: BenchServices,
  t: CleanUp,
  { runs, rounds, placement, say }: MetricsOptions,
): Promise<void> {
  const measured = new Map<string, Costs[]>(flows.map((flow) => [flow, []]));
  const scrapes: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const { costs, scrape } = await measureOnce(services, t, { rounds, placement });
    for (const [flow, each] of costs) measured.get(flow)?.push(each);
    scrapes.push(scrape);
    say(`Run ${run + 1} of ${runs} is complete.`);
  }
  const rows = flows.map((flow) => [flow, ...describeFlow(measured.get(flow) ?? [])]);
  const heading = ['flow', 'CPU us without', 'metrics us', '95 % certain', 'control', ''];
  say(`\n${formatTable([heading, ...rows])}`);
  say(`\nA scrape takes ${medianOf(scrapes).toFixed(1)} ms of processor time.`);
  say(`An operation that nothing observes takes ${(await costOfOperation()).toFixed(0)} ns.`);
}

/** Three new servers, with a database each; they end with the run, or when the command is interrupted. */
async function measureOnce(
  services: BenchServices,
  command: CleanUp,
  { rounds, placement }: Pick<MetricsOptions, 'rounds' | 'placement'>,
) {
  const closing: (() => unknown)[] = [];
  const t: CleanUp = { after: (close) => void closing.unshift(close) };
  const closeAll = async () => {
    for (const close of closing.splice(0)) await close();
  };
  command.after(closeAll);
  try {
    const opsPort = await findFreePort();
    const servers = new Map<Kind, SignedIn>();
    for (const kind of kinds) {
      const own = kind === 'measured' ? { OPS_PORT: String(opsPort) } : {};
      servers.set(kind, await startServer(services, t, placement, own));
    }
    const costs = new Map<string, Costs>();
    for (const flow of flows) costs.set(flow, await compare(t, servers, flow, rounds));
    const { pid } = servers.get('measured')?.server ?? { pid: 0 };
    return { costs, scrape: await costOfScrape(opsPort, pid) };
  } finally {
    await closeAll();
  }
}

async function compare(
  t: CleanUp,
  servers: ReadonlyMap<Kind, SignedIn>,
  flow: string,
  rounds: number,
): Promise<Costs> {
  const senders = new Map<Kind, CostOfBatch>();
  const figures = new Map<Kind, number[]>(kinds.map((kind) => [kind, []]));
  for (const [kind, signedIn] of servers) {
    const materials = await prepareMaterials(signedIn, loadFlows[flow] ?? {});
    const { port, pid } = signedIn.server;
    senders.set(kind, await startClient(t, { flow, connections, port, materials }, pid));
  }
  const send = async (kind: Kind) => (await senders.get(kind)?.()) ?? Number.NaN;
  for (let batch = 0; batch < warmUpBatches; batch += 1) for (const kind of kinds) await send(kind);
  for (let round = 0; round < rounds; round += 1) {
    for (const kind of order) figures.get(kind)?.push(await send(kind));
  }
  const of = (kind: Kind) => medianOf(figures.get(kind) ?? []);
  return { plain: of('plain'), control: of('control'), measured: of('measured') };
}

function describeFlow(costs: readonly Costs[]): readonly string[] {
  const base = medianOf(costs.map(({ plain, control }) => (plain + control) / 2));
  const metrics = estimate(
    costs.map(({ plain, control, measured }) => measured - (plain + control) / 2),
  );
  const control = estimate(costs.map(({ plain, control: other }) => other - plain));
  const share = (microseconds: number) => `${((microseconds / base) * 100).toFixed(1)} %`;
  const between = ({ mean, around }: Estimate) =>
    `${share(mean - around)} to ${share(mean + around)}`;
  const isOver = (metrics.mean - metrics.around) / base > budget;
  if (isOver) process.exitCode = 1;
  return [
    base.toFixed(0),
    `${metrics.mean.toFixed(1)} (${share(metrics.mean)})`,
    between(metrics),
    between(control),
    isOver ? 'OVER 3 %' : '',
  ];
}

interface Estimate {
  readonly mean: number;
  /** Half the width of the 95 % confidence interval. */
  readonly around: number;
}

/** Student's distribution, two-sided 95 %, by the degrees of freedom from 1; later ones approach 1.96. */
const student = [12.71, 4.3, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23];

function estimate(values: readonly number[]): Estimate {
  const count = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  if (count < 2) return { mean, around: Infinity };
  const spread = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1);
  return { mean, around: (student[count - 2] ?? 2.1) * Math.sqrt(spread / count) };
}

async function startClient(t: CleanUp, wanted: ClientOrder, pid: number): Promise<CostOfBatch> {
  const client = fork(new URL('metrics-client.ts', import.meta.url));
  t.after(async () => void client.kill());
  const failed = once(client, 'exit').then(() => {
    throw new Error(`The client of "${wanted.flow}" failed.`);
  });
  failed.catch(() => undefined); // It is expected at the end.
  const answered = () => Promise.race([once(client, 'message'), failed]);
  const ready = answered();
  client.send(wanted);
  await ready;
  return async () => {
    const before = readThreadSeconds(pid);
    const sent = answered();
    client.send(requestsPerConnection);
    await sent;
    const used = readThreadSeconds(pid) - before;
    return (used * 1e6) / (connections * requestsPerConnection);
  };
}

async function startServer(
  { createDatabase, redisUrl, directory }: BenchServices,
  t: CleanUp,
  { serverCore }: Placement,
  own: Readonly<Record<string, string>>,
): Promise<SignedIn> {
  const place = { ...(await findAddress()), cores: [serverCore] };
  const name = randomBytes(4).toString('hex');
  const settings = productSettings({
    PORT: String(place.port),
    ISSUER: place.issuer,
    DATABASE_URL: await createDatabase(),
    REDIS_URL: `${redisUrl}?prefix=bench-${name}`,
    DATA_DIRECTORY: join(directory, name),
    ...own,
  });
  const registered = await register(settings, connections);
  return signInAll(t, await startProduct(t, place, settings), registered);
}

const operations = 1_000_000;

/** Nanoseconds that the report of an operation takes when neither metrics nor traces are kept. */
async function costOfOperation(): Promise<number> {
  const { begin } = createObservation();
  const operation = { kind: 'statement', name: 'bench' } as const;
  const before = process.cpuUsage();
  for (let count = 0; count < operations; count += 1) begin(operation)?.();
  const { user, system } = process.cpuUsage(before);
  return ((user + system) * 1000) / operations;
}

const scrapeCount = 50;

/** Milliseconds of processor time, after the flows have created their series. */
async function costOfScrape(port: number, pid: number): Promise<number> {
  const before = readThreadSeconds(pid);
  for (let count = 0; count < scrapeCount; count += 1) {
    const answer = await fetch(`http://127.0.0.1:${port}/metrics`);
    await answer.text();
    if (!answer.ok) throw new Error(`A scrape failed with ${answer.status}.`);
  }
  return ((readThreadSeconds(pid) - before) * 1000) / scrapeCount;
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
