// Three etcd members, three PostgreSQL servers under Patroni and HAProxy in front of them, configured by the
// samples of deploy/ha.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { administer, type CleanUp } from '#test/support/services/databases.ts';
import { killAtExit } from '#test/support/services/kill-at-exit.ts';
import { findPrograms } from '#test/support/services/programs.ts';
import {
  createPlace,
  findDatabaseAccount,
  samples,
  startProgram,
  waitUntil,
  type Account,
} from './places.ts';
import { provideGroupPrograms } from './programs.ts';
import { findFreePorts } from '#test/support/services/free-ports.ts';

const members = [1, 2, 3] as const;
/** Valid on loopback only, in a directory that is removed. */
const password = 'only-for-this-test';

interface Server {
  readonly name: string;
  readonly port: number;
  readonly check: number;
  /** kill -9 of Patroni and of PostgreSQL, as when the machine is lost. */
  kill(): Promise<void>;
}

export type Patroni = Awaited<ReturnType<typeof startPatroni>>;

export async function startPatroni(t: CleanUp) {
  provideGroupPrograms();
  const account = await findDatabaseAccount();
  const directory = await createPlace(t, account);
  const etcd = await startEtcd(t, directory, account);
  const ports = await findFreePorts(members.length * 2 + 1);
  const servers = members.map((number) => {
    const [port = 0, check = 0] = ports.slice((number - 1) * 2);
    const name = `pg${number}`;
    const kill = startServer(t, { name, port, check, etcd, directory, account });
    return { name, port, check, kill };
  });
  const entry = ports.at(-1) ?? 0;
  startProxy(t, { directory, entry, servers });
  const url = (name: string) => `postgres://postgres:${password}@127.0.0.1:${entry}/${name}`;
  await waitUntil('a synchronous standby follows the primary', async () => {
    const states = await ask(
      url('postgres'),
      'select sync_state as value from pg_stat_replication',
    );
    return states.includes('sync') && states.length === members.length - 1;
  });
  await administer(url('postgres'), 'create database ostiary');
  return {
    url: url('ostiary'),
    adminUrl: url('postgres'),
    /** Resolves to the name of the server that was lost. */
    async killPrimary(): Promise<string> {
      const primary = await findPrimary(servers);
      await primary.kill();
      return primary.name;
    },
  };
}

async function startEtcd(t: CleanUp, directory: string, account?: Account): Promise<string> {
  const ports = await findFreePorts(members.length * 2);
  const at = (index: number) => `127.0.0.1:${ports[index]}`;
  const cluster = members.map((n) => `etcd${n}=http://${at(n * 2 - 1)}`).join(',');
  for (const number of members) {
    const client = `http://${at(number * 2 - 2)}`;
    const peer = `http://${at(number * 2 - 1)}`;
    const options = [
      ['name', `etcd${number}`],
      ['data-dir', join(directory, `etcd${number}`)],
      ['listen-client-urls', client],
      ['advertise-client-urls', client],
      ['listen-peer-urls', peer],
      ['initial-advertise-peer-urls', peer],
      ['initial-cluster', cluster],
    ];
    const args = options.flatMap(([name, value]) => [`--${name}`, String(value)]);
    startProgram(t, ['etcd', ...args], { directory, account });
  }
  await waitUntil('etcd has a leader', async () => {
    const health = await fetch(`http://${at(0)}/health`);
    return (await health.text()).includes('"true"');
  });
  return members.map((number) => at(number * 2 - 2)).join(',');
}

interface ServerPlan {
  readonly name: string;
  readonly port: number;
  readonly check: number;
  readonly etcd: string;
  readonly directory: string;
  readonly account: Account | undefined;
}

function startServer(t: CleanUp, plan: ServerPlan): Server['kill'] {
  const { name, port, check, etcd, directory, account } = plan;
  const env = {
    PATRONI_NAME: name,
    PATRONI_ETCD3_HOSTS: etcd,
    PATRONI_RESTAPI_LISTEN: `127.0.0.1:${check}`,
    PATRONI_RESTAPI_CONNECT_ADDRESS: `127.0.0.1:${check}`,
    PATRONI_POSTGRESQL_LISTEN: `127.0.0.1:${port}`,
    PATRONI_POSTGRESQL_CONNECT_ADDRESS: `127.0.0.1:${port}`,
    PATRONI_POSTGRESQL_DATA_DIR: join(directory, name),
    PATRONI_POSTGRESQL_BIN_DIR: findPrograms().postgres,
    PATRONI_POSTGRESQL_PGPASS: join(directory, `${name}.pgpass`),
    PATRONI_SUPERUSER_USERNAME: 'postgres',
    PATRONI_SUPERUSER_PASSWORD: password,
    PATRONI_REPLICATION_USERNAME: 'replicator',
    PATRONI_REPLICATION_PASSWORD: password,
  };
  const options = { directory, env, account };
  const patroni = startProgram(t, ['patroni', join(samples, 'patroni.yml')], options);
  const kill = async () => {
    await patroni.kill();
    killPostgres(join(directory, name));
  };
  const release = killAtExit(() => killPostgres(join(directory, name)));
  t.after(async () => {
    release();
    await kill();
  });
  return kill;
}

/**
 * Patroni starts PostgreSQL in a separate session. Its child processes are killed as well, because they would
 * complete their work.
 */
function killPostgres(data: string): void {
  try {
    const [pid = ''] = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n');
    process.kill(Number(pid), 'SIGSTOP');
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
    for (const each of children.split(' ')) if (each) process.kill(Number(each), 'SIGKILL');
    process.kill(Number(pid), 'SIGKILL');
  } catch {
    // The process is not running.
  }
}

interface ProxyPlan {
  readonly directory: string;
  readonly entry: number;
  readonly servers: readonly Server[];
}

function startProxy(t: CleanUp, { directory, entry, servers }: ProxyPlan): void {
  const addresses = servers.flatMap(({ port, check }, index) => [
    [`PG${index + 1}`, `127.0.0.1:${port}`],
    [`PG${index + 1}_HOST`, '127.0.0.1'],
    [`PG${index + 1}_CHECK`, String(check)],
  ]);
  const env = { LISTEN: `127.0.0.1:${entry}`, ...Object.fromEntries(addresses) };
  startProgram(t, ['haproxy', '-db', '-f', join(samples, 'haproxy.cfg')], { directory, env });
}

async function findPrimary(servers: readonly Server[]): Promise<Server> {
  for (const server of servers) {
    const answer = await fetch(`http://127.0.0.1:${server.check}/primary`).catch(() => undefined);
    if (answer?.status === 200) return server;
  }
  throw new Error('No server is the primary.');
}

/** The column `value` of all rows. */
async function ask(url: string, text: string): Promise<readonly unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<{ value: unknown }>(text)).rows.map(({ value }) => value);
  } finally {
    await client.end();
  }
}
