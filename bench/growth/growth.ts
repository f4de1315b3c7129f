// `npm run bench:growth`: what a request costs with a small and with a large database. The servers run at
// the same time and take turns, so that other load on the machine affects all sizes alike.
import { join } from 'node:path';
import type { Environment } from '#config/config.ts';
import { describeCircumstances } from '#bench/machine.ts';
import type { Placement } from '#bench/placement.ts';
import type { BenchServices } from '#bench/services.ts';
import type { CleanUp } from '#test/support/services/databases.ts';
import { productSettings } from '#bench/load/load.ts';
import { prepareMaterials, register, signInAll, type SignedIn } from '#bench/load/materials.ts';
import { medianOf, summarize } from '#bench/load/results.ts';
import { runFlow, type FlowFigures } from '#bench/load/run-flow.ts';
import { loadFlows } from '#bench/load/scripts.ts';
import { findAddress, startProduct } from '#bench/load/servers.ts';
import { measureCleanup } from './cleanup-figures.ts';
import { growDatabase, type DatabaseSizes } from './grown-database.ts';
import type { GrowthResults, GrownFigures } from './growth-report.ts';
import { queryOnce } from './query-once.ts';

export interface GrowthRunOptions {
  readonly users: readonly number[];
  readonly seconds: number;
  readonly rounds: number;
  /** For each flow at each server, before anything is measured. */
  readonly warmUpSeconds: number;
  readonly placement: Placement;
  readonly say: (line: string) => void;
}

/** PostgreSQL measures each statement, and has the memory that a database of this size is given. */
export const growthSettings = [
  'shared_buffers=4GB',
  'max_wal_size=16GB',
  'shared_preload_libraries=pg_stat_statements',
  'pg_stat_statements.track=top',
];

const grownFlows = [
  'introspection, opaque',
  'userinfo',
  'refresh, JWT',
  'authorize with a session',
  'authorize and code exchange',
  'password sign-in',
];
const connections = 16;
const usersPerConnection = 4;
const roundWarmUpSeconds = 0.7;

interface GrownServer {
  readonly users: number;
  readonly settings: Environment & { readonly DATABASE_URL: string };
  readonly sizes: DatabaseSizes;
  readonly signedIn: SignedIn;
}

type Recorded = FlowFigures & { readonly statementUs: number };

export async function measureGrowth(
  services: BenchServices,
  t: CleanUp,
  options: GrowthRunOptions,
): Promise<GrowthResults> {
  const { say, rounds, seconds } = options;
  const servers: GrownServer[] = [];
  for (const users of options.users) {
    const startedAt = performance.now();
    servers.push(await startGrown(services, t, options, users));
    say(`${users} users: filled in ${((performance.now() - startedAt) / 1000).toFixed(0)} s.`);
  }
  for (const server of servers) await warmUp(server, options.warmUpSeconds);
  const flows = [];
  for (const flow of grownFlows) flows.push({ flow, sizes: await compare(servers, flow, options) });
  const sizes = [];
  for (const { users, settings, sizes: stored } of servers) {
    sizes.push({ users, ...stored, cleanup: await measureCleanup(settings, users) });
  }
  return {
    ...describeCircumstances(await services.versions()),
    seconds,
    rounds,
    warmUpSeconds: options.warmUpSeconds,
    sizes,
    flows,
  };
}

async function startGrown(
  { createDatabase, redisUrl, directory }: BenchServices,
  t: CleanUp,
  { placement }: GrowthRunOptions,
  users: number,
): Promise<GrownServer> {
  const place = { ...(await findAddress()), cores: [placement.serverCore] };
  const databaseUrl = await createDatabase();
  const settings = {
    ...productSettings({
      PORT: String(place.port),
      ISSUER: place.issuer,
      REDIS_URL: `${redisUrl}?prefix=grown-${users}`,
      DATA_DIRECTORY: join(directory, `grown-${users}`),
    }),
    DATABASE_URL: databaseUrl,
  };
  const sample = connections * usersPerConnection;
  const { people, sizes } = await growDatabase(settings, { users, sample });
  const registered = { ...(await register(settings, 0)), people };
  const server = await startProduct(t, place, settings);
  await queryOnce(databaseUrl, 'create extension pg_stat_statements');
  return { users, settings, sizes, signedIn: await signInAll(t, server, registered) };
}

/** Lets the server optimize its code before it is measured. */
async function warmUp({ signedIn }: GrownServer, warmUpSeconds: number): Promise<void> {
  for (const flow of grownFlows) {
    const prepare = () => prepareMaterials(signedIn, loadFlows[flow] ?? {});
    await runFlow(signedIn.server, { flow, connections, seconds: 1, warmUpSeconds, prepare });
  }
}

async function compare(
  servers: readonly GrownServer[],
  flow: string,
  { rounds, seconds }: GrowthRunOptions,
): Promise<readonly GrownFigures[]> {
  const measured = servers.map((): Recorded[] => []);
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, server] of servers.entries()) {
      measured[index]?.push(await measure(server, flow, seconds));
    }
  }
  return measured.map((recorded, index) => {
    const { median } = summarize(recorded);
    const { medianMs, serverCpu, postgresCpu } = median;
    const statementUs = medianOf(recorded.map((each) => each.statementUs));
    return { users: servers[index]?.users ?? 0, medianMs, serverCpu, postgresCpu, statementUs };
  });
}

async function measure(
  { signedIn, settings: { DATABASE_URL: databaseUrl } }: GrownServer,
  flow: string,
  seconds: number,
): Promise<Recorded> {
  async function prepare() {
    const materials = await prepareMaterials(signedIn, loadFlows[flow] ?? {});
    await queryOnce(databaseUrl, 'select pg_stat_statements_reset()');
    return materials;
  }
  const warmUpSeconds = roundWarmUpSeconds;
  const order = { flow, connections, seconds, warmUpSeconds, prepare };
  const figures = await runFlow(signedIn.server, order);
  const [row] = await queryOnce(
    databaseUrl,
    `select coalesce(1000 * sum(total_exec_time) / sum(calls), 0) as us
       from pg_stat_statements join pg_database d on d.oid = dbid
      where d.datname = current_database() and query !~ 'pg_stat_statements'`,
  );
  return { ...figures, statementUs: Number(row?.['us'] ?? 0) };
}
