// `npm run bench:workers`: how much more one server handles with two workers than with one. On a machine
// with few cores, the stores and the generator take some of the time that the second worker could use.
// The processor time per request shows the ratio without that: what two cores would handle if nothing
// else ran on them.
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { describeCircumstances, type Circumstances } from '#bench/machine.ts';
import type { BenchServices } from '#bench/services.ts';
import { formatTable } from '#bench/table.ts';
import type { CleanUp } from '#test/support/services/databases.ts';
import { productSettings } from './load.ts';
import { prepareMaterials, register, signInAll, type SignedIn } from './materials.ts';
import { medianOf, summarize } from './results.ts';
import { runFlow, type FlowFigures } from './run-flow.ts';
import { loadFlows } from './scripts.ts';
import { findAddress, startProduct } from './servers.ts';

const measuredFlows = ['client_credentials, JWT', 'introspection, opaque', 'refresh, JWT'] as const;
const warmUpSeconds = 1;
const workerCounts = [1, 2] as const;

export interface WorkersResult {
  readonly flow: string;
  /** With one worker and with two. */
  readonly perSecond: readonly [number, number];
  readonly serverCpu: readonly [number, number];
  /** The share of all cores that the server used. */
  readonly serverShare: readonly [number, number];
}

export interface WorkersResults extends Circumstances {
  readonly seconds: number;
  readonly rounds: number;
  readonly flows: readonly WorkersResult[];
}

export interface WorkersOptions {
  readonly seconds: number;
  readonly rounds: number;
  readonly connections: number;
}

export async function measureWorkers(
  services: BenchServices,
  t: CleanUp,
  options: WorkersOptions,
): Promise<WorkersResults> {
  const { seconds, rounds } = options;
  const servers: SignedIn[] = [];
  for (const workers of workerCounts)
    servers.push(await startServer(services, t, options, workers));
  const flows: WorkersResult[] = [];
  for (const flow of measuredFlows) flows.push(await compare(servers, flow, options));
  return {
    ...describeCircumstances(await services.versions()),
    seconds,
    rounds,
    flows,
  };
}

async function startServer(
  { createDatabase, redisUrl, directory }: BenchServices,
  t: CleanUp,
  { connections }: WorkersOptions,
  workers: number,
): Promise<SignedIn> {
  const address = await findAddress();
  const settings = productSettings({
    PORT: String(address.port),
    ISSUER: address.issuer,
    DATABASE_URL: await createDatabase(),
    REDIS_URL: `${redisUrl}?prefix=workers-${workers}`,
    DATA_DIRECTORY: join(directory, `workers-${workers}`),
    WORKERS: String(workers),
  });
  const registered = await register(settings, connections);
  const server = await startProduct(t, { ...address, cores: [] }, settings);
  return signInAll(t, server, registered);
}

async function compare(
  servers: readonly SignedIn[],
  flow: string,
  { seconds, rounds, connections }: WorkersOptions,
): Promise<WorkersResult> {
  const measured = servers.map((): FlowFigures[] => []);
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, server] of servers.entries()) {
      const prepare = () => prepareMaterials(server, loadFlows[flow] ?? {});
      const order = { flow, connections, seconds, warmUpSeconds, prepare };
      measured[index]?.push(await runFlow(server.server, order));
    }
  }
  const [one, two] = measured.map((figures) => summarize(figures).median);
  if (!one || !two) throw new Error('Two servers must be measured.');
  const shareOf = ({ perSecond, serverCpu }: FlowFigures) =>
    medianOf([(perSecond * serverCpu) / 1e6 / availableParallelism()]);
  return {
    flow,
    perSecond: [one.perSecond, two.perSecond],
    serverCpu: [one.serverCpu, two.serverCpu],
    serverShare: [shareOf(one), shareOf(two)],
  };
}

/** What was measured, and what the processor time per request allows with two cores. */
export function ratiosOf({ perSecond, serverCpu }: WorkersResult) {
  return {
    throughput: perSecond[1] / perSecond[0],
    withCoresOfItsOwn: (2 * serverCpu[0]) / serverCpu[1],
  };
}

export function describeWorkers({ flows, loadAverage }: WorkersResults): string {
  const heading = ['flow', 'per s, 1 worker', '2 workers', 'ratio', 'CPU us, 1', '2', 'by CPU'];
  const rows = flows.map((each) => {
    const { throughput, withCoresOfItsOwn } = ratiosOf(each);
    return [
      each.flow,
      ...each.perSecond.map((value) => value.toFixed(0)),
      throughput.toFixed(2),
      ...each.serverCpu.map((value) => value.toFixed(0)),
      withCoresOfItsOwn.toFixed(2),
    ];
  });
  return `${formatTable([heading, ...rows])}

"By CPU" is the ratio that two cores without other work would give: twice the processor time per
request with one worker, divided by that with two. Load average: ${loadAverage.toFixed(1)}.`;
}
