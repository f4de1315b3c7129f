// `npm run bench:metrics`: processor time of a flow with and without metrics. Two servers take turns
// in short rounds, so that other load on the machine affects both alike; the median of the ratios of
// the rounds counts, because single rounds differ by more than the cost of the metrics.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { findFreePort } from '#bench/processes.ts';
import type { BenchServices } from '#bench/services.ts';
import { formatTable } from '#bench/table.ts';
import type { CleanUp } from '#test/support/services/databases.ts';
import { prepareMaterials, register, type Registered } from './materials.ts';
import { runFlow } from './run-flow.ts';
import { findAddress, startProduct, type LoadServer } from './servers.ts';

export interface MetricsOptions {
  readonly flows: readonly string[];
  readonly seconds: number;
  readonly rounds: number;
  readonly connections: number;
  readonly say: (text: string) => void;
}

interface Subject {
  readonly server: LoadServer;
  readonly registered: Registered;
  /** Reads the metrics, if there are any. */
  readonly scrape: () => Promise<void>;
}

/** The cheapest and the dearest flow, and those in between that write. */
const usualFlows = ['introspection', 'client_credentials, JWT', 'refresh'];

const warmUpSeconds = 1;

/** Reports each flow as soon as it is measured. */
export async function measureMetrics(
  services: BenchServices,
  t: CleanUp,
  options: MetricsOptions,
): Promise<void> {
  const flows = options.flows.length > 0 ? options.flows : usualFlows;
  const [without, withMetrics] = [
    await startSubject(services, t, options, undefined),
    await startSubject(services, t, options, await findFreePort()),
  ];
  const heading = ['flow', 'CPU us without', 'with metrics', 'ratio'];
  for (const flow of flows) {
    const pairs: (readonly [number, number])[] = [];
    for (let round = 0; round < options.rounds; round += 1) {
      // The order changes, so that neither is always second.
      const order = round % 2 === 0 ? [without, withMetrics] : [withMetrics, without];
      const costs = new Map<Subject, number>();
      for (const subject of order) costs.set(subject, await costOf(t, subject, flow, options));
      pairs.push([costs.get(without) ?? Number.NaN, costs.get(withMetrics) ?? Number.NaN]);
    }
    options.say(formatTable([heading, describeFlow(flow, pairs)]));
  }
}

async function startSubject(
  { createDatabase, redisUrl, directory }: BenchServices,
  t: CleanUp,
  { connections }: MetricsOptions,
  opsPort: number | undefined,
): Promise<Subject> {
  const address = await findAddress();
  const settings = {
    PORT: String(address.port),
    ISSUER: address.issuer,
    DATABASE_URL: await createDatabase(),
    REDIS_URL: `${redisUrl}?prefix=bench-${address.port}`,
    DATA_DIRECTORY: join(directory, `metrics-${address.port}`),
    WORKERS: '1',
    RATE_LIMITS: 'off',
    ENCRYPTION_KEYS: `bench:${randomBytes(32).toString('base64')}`,
    COOKIE_KEYS: randomBytes(32).toString('base64url'),
    ...(opsPort === undefined ? {} : { OPS_PORT: String(opsPort) }),
  };
  const registered = await register(settings, connections);
  const server = await startProduct(t, address, settings);
  const scrape = async () => {
    if (opsPort === undefined) return;
    const answer = await fetch(`http://127.0.0.1:${opsPort}/metrics`);
    await answer.text();
  };
  return { server, registered, scrape };
}

/** Microseconds of processor time per round of the flow, including a scrape every second. */
async function costOf(
  t: CleanUp,
  { server, registered, scrape }: Subject,
  flow: string,
  { connections, seconds }: MetricsOptions,
): Promise<number> {
  const materials = await prepareMaterials(t, server, registered);
  const scraping = setInterval(() => void scrape().catch(() => undefined), 1000);
  try {
    const order = { flow, connections, warmUpSeconds, seconds, materials };
    return (await runFlow(server, order)).serverCpu;
  } finally {
    clearInterval(scraping);
  }
}

function describeFlow(flow: string, pairs: readonly (readonly [number, number])[]): string[] {
  const ratio = medianOf(pairs.map(([without, withMetrics]) => withMetrics / without));
  return [
    flow,
    medianOf(pairs.map(([without]) => without)).toFixed(0),
    medianOf(pairs.map(([, withMetrics]) => withMetrics)).toFixed(0),
    ratio.toFixed(3),
  ];
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}
