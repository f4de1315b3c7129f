// `npm run bench:metrics`: processor time of requests with and without metrics. Two applications in
// one process take turns in short batches, so that other load on the machine affects both alike: the
// difference is smaller than the noise of two processes. The figures are those of the applications
// alone; the clients are other processes. A scrape costs the same however many requests there are, and is
// measured apart, as is an operation that neither metrics nor traces observe.
import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { BenchServices } from '#bench/services.ts';
import { formatTable } from '#bench/table.ts';
import { readConfig } from '#config/config.ts';
import { createLog } from '#platform/logging/log.ts';
import { noMetrics, type Metrics } from '#platform/metrics/metrics.ts';
import { collectProcessMetrics } from '#platform/metrics/process-metrics.ts';
import { createPrometheusMetrics, renderScraped } from '#platform/metrics/prometheus-metrics.ts';
import { createObservation } from '#platform/observation/observation.ts';
import { createApp } from '#server/app.ts';
import { openServices } from '#server/composition.ts';
import { createHttpServer } from '#server/http-server.ts';
import type { CleanUp } from '#test/support/services/databases.ts';
import { prepareMaterials, register, signInAll, type SignedIn } from './materials.ts';
import type { ClientOrder } from './metrics-client.ts';
import { loadFlows } from './scripts.ts';

const issuer = 'http://localhost:3000';
const flows = [
  'client_credentials, opaque',
  'client_credentials, JWT',
  'introspection, opaque',
  'refresh, opaque',
];
const connections = 4;
/** Enough that a batch of each application has collections of garbage. */
const requestsPerConnection = 50;
/** Share of the processor time of a request that metrics may cost. */
const budget = 0.03;

/** Sends one batch of requests, which must succeed. */
type SendBatch = () => Promise<void>;

export interface MetricsOptions {
  /** Each has two batches of each application. */
  readonly rounds: number;
  readonly say: (text: string) => void;
}

export async function measureMetrics(
  services: BenchServices,
  t: CleanUp,
  { rounds, say }: MetricsOptions,
): Promise<void> {
  const metrics = await createPrometheusMetrics();
  collectProcessMetrics(metrics, { version: 'bench' });
  const without = await startApp(services, t, noMetrics);
  const withMetrics = await startApp(services, t, metrics);
  const rows: string[][] = [];
  for (const flow of flows) {
    const [plain, measured] = await Promise.all(
      [without, withMetrics].map(async (signedIn) => {
        const materials = await prepareMaterials(signedIn, loadFlows[flow] ?? {});
        return startClient(t, { flow, connections, port: signedIn.server.port, materials });
      }),
    );
    if (plain && measured) rows.push([flow, ...describe(await compare(plain, measured, rounds))]);
  }
  const heading = ['flow', 'CPU us without', 'metrics us', 'share', '95 % certain', ''];
  say(formatTable([heading, ...rows]));
  say(`\nA scrape takes ${(await costOfScrape(metrics)).toFixed(1)} ms of processor time.`);
  say(`An operation that nothing observes takes ${(await costOfOperation()).toFixed(0)} ns.`);
}

interface Difference {
  /** Microseconds of processor time per request without metrics. */
  readonly base: number;
  readonly difference: number;
  /** Between these the median difference lies, with a probability of 95 %. */
  readonly atLeast: number;
  readonly atMost: number;
}

/**
 * The order of the batches cancels out a steady change of the load, and lets each application once
 * follow the other, whose code and data have left the processor's caches cold.
 */
async function compare(
  without: SendBatch,
  withMetrics: SendBatch,
  rounds: number,
): Promise<Difference> {
  for (const warmUp of [without, withMetrics, without, withMetrics]) await costOf(warmUp);
  const plain: number[] = [];
  const differences: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const first = await costOf(without);
    const measured = ((await costOf(withMetrics)) + (await costOf(withMetrics))) / 2;
    const usual = (first + (await costOf(without))) / 2;
    plain.push(usual);
    differences.push(measured - usual);
  }
  const sorted = differences.toSorted((a, b) => a - b);
  // The ranks of a binomial distribution, by its normal approximation.
  const around = 0.98 * Math.sqrt(rounds);
  const rank = (value: number) => sorted[Math.max(0, Math.min(rounds - 1, Math.round(value)))] ?? 0;
  return {
    base: medianOf(plain),
    difference: medianOf(differences),
    atLeast: rank(rounds / 2 - around),
    atMost: rank(rounds / 2 + around),
  };
}

function describe({ base, difference, atLeast, atMost }: Difference): readonly string[] {
  const share = (microseconds: number) => `${((microseconds / base) * 100).toFixed(1)} %`;
  const isOver = atLeast / base > budget;
  if (isOver) process.exitCode = 1;
  return [
    base.toFixed(0),
    difference.toFixed(1),
    share(difference),
    `${share(atLeast)} to ${share(atMost)}`,
    isOver ? 'OVER 3 %' : '',
  ];
}

/** Microseconds of processor time per request, with all threads of this process. */
async function costOf(send: SendBatch): Promise<number> {
  const before = process.cpuUsage();
  await send();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / (connections * requestsPerConnection);
}

async function startClient(t: CleanUp, order: ClientOrder): Promise<SendBatch> {
  const client = fork(new URL('metrics-client.ts', import.meta.url));
  t.after(async () => void client.kill());
  const failed = once(client, 'exit').then(() => {
    throw new Error(`The client of "${order.flow}" failed.`);
  });
  failed.catch(() => undefined); // It is expected at the end.
  const answered = () => Promise.race([once(client, 'message'), failed]);
  const ready = answered();
  client.send(order);
  await ready;
  return async () => {
    const sent = answered();
    client.send(requestsPerConnection);
    await sent;
  };
}

async function startApp(
  { createDatabase, redisUrl, directory }: BenchServices,
  t: CleanUp,
  metrics: Metrics,
): Promise<SignedIn> {
  const name = randomBytes(4).toString('hex');
  const settings = {
    ISSUER: issuer,
    DATABASE_URL: await createDatabase(),
    REDIS_URL: `${redisUrl}?prefix=bench-${name}`,
    DATA_DIRECTORY: join(directory, name),
    RATE_LIMITS: 'off',
    ENCRYPTION_KEYS: `bench:${randomBytes(32).toString('base64')}`,
    COOKIE_KEYS: randomBytes(32).toString('base64url'),
  };
  const registered = await register(settings, connections);
  const log = createLog({ level: 'silent' });
  const now = () => new Date();
  const services = await openServices({ config: readConfig(settings), log, now, metrics });
  t.after(() => services.close());
  const handle = (await createApp({ services, isStopping: () => false })).callback();
  const server = createHttpServer((req, res) => void handle(req, res)).listen(0, '127.0.0.1');
  t.after(async () => server.close().closeAllConnections());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo; // it listens on a TCP port
  return signInAll(
    t,
    { name: 'ostiary', issuer, port, pid: process.pid, core: undefined },
    registered,
  );
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

const scrapes = 50;

/** Milliseconds of processor time, after the flows have created their series. */
async function costOfScrape(
  metrics: Awaited<ReturnType<typeof createPrometheusMetrics>>,
): Promise<number> {
  const before = process.cpuUsage();
  for (let count = 0; count < scrapes; count += 1) {
    await renderScraped([await metrics.scrape({ isShared: true })]);
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / scrapes / 1000;
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
