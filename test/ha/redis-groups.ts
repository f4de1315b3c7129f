// Redis on several servers, configured by the samples of deploy/ha: a Cluster of six, and a primary with two
// replicas that three Sentinels watch.
import { execFile } from 'node:child_process';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { CleanUp } from '#test/support/services/databases.ts';
import { findPrograms } from '#test/support/services/programs.ts';
import { createPlace, samples, startProgram, waitUntil, type Running } from './places.ts';
import { provideGroupPrograms } from './programs.ts';
import { findFreePorts } from '#test/support/services/free-ports.ts';
import { runRedisCommand } from '#test/support/services/redis-command.ts';

const run = promisify(execFile);

export interface RedisGroup {
  /** The value of REDIS_URL. */
  readonly url: string;
  /** Kills a primary with SIGKILL; resolves when it has exited. */
  killPrimary(): Promise<void>;
  /** True if all data has a primary again. */
  isWhole(): Promise<boolean>;
}

export async function startRedisCluster(t: CleanUp): Promise<RedisGroup> {
  provideGroupPrograms();
  const directory = await createPlace(t);
  const ports = await findFreePorts(6);
  const servers = await Promise.all(
    ports.map((port) => {
      const own = ['--cluster-config-file', `nodes-${port}.conf`];
      return startRedis(t, directory, ['redis-cluster.conf', port, ...own]);
    }),
  );
  const addresses = ports.map((port) => `127.0.0.1:${port}`);
  await waitUntil('all servers answer', () => answerAll(ports));
  const joining = ['--cluster', 'create', ...addresses, '--cluster-replicas', '1', '--cluster-yes'];
  await run('redis-cli', joining);
  await waitUntil('every server knows the state of the cluster', async () => {
    const states = await Promise.all(ports.map((port) => runRedisCommand(port, 'cluster', 'info')));
    return states.every((state) => String(state).includes('cluster_state:ok'));
  });
  // A replica that never had the data of its primary cannot take over.
  await waitUntil('the replicas follow', async () => (await countFollowers(ports)) === 3);
  return {
    url: `redis+cluster://${addresses.join(',')}`,
    killPrimary: () => killPrimary(servers),
    async isWhole() {
      // Until the other servers notice the loss, they count its slots as served.
      return (await countPrimaries(servers)) === ports.length / 2;
    },
  };
}

export async function startRedisSentinel(t: CleanUp): Promise<RedisGroup> {
  const directory = await createPlace(t);
  const ports = await findFreePorts(6);
  const [first = 0, second = 0, third = 0, ...sentinels] = ports;
  const servers = await Promise.all(
    [first, second, third].map((port) => {
      const replica = port === first ? [] : ['--replicaof', `127.0.0.1 ${first}`];
      return startRedis(t, directory, ['redis.conf', port, ...replica]);
    }),
  );
  await waitUntil('the replicas follow', async () => (await countFollowers([second, third])) === 2);
  const sample = await readFile(join(samples, 'sentinel.conf'), 'utf8');
  for (const port of sentinels) {
    const file = join(directory, `sentinel-${port}.conf`);
    await writeFile(file, sample.replace('10.0.0.1 6379', `127.0.0.1 ${first}`));
    const local = ['--port', String(port), '--bind', '127.0.0.1', '--sentinel'];
    startProgram(t, [findPrograms().redis, file, ...local], { directory });
  }
  await waitUntil('the Sentinels know each other and the replicas', async () => {
    const answers = await Promise.all(
      sentinels.map((port) => runRedisCommand(port, 'sentinel', 'masters')),
    );
    return answers.every((answer) => /num-slaves,2,num-other-sentinels,2/.test(String(answer)));
  });
  const hosts = sentinels.map((port) => `127.0.0.1:${port}`).join(',');
  return {
    url: `redis+sentinel://${hosts}/ostiary`,
    killPrimary: () => killPrimary(servers),
    async isWhole() {
      return (await countPrimaries(servers)) === 1;
    },
  };
}

/** Redis rewrites its configuration after a failover, so each server has a copy. */
async function startRedis(
  t: CleanUp,
  directory: string,
  [sample, port, ...more]: readonly [string, number, ...string[]],
): Promise<Server> {
  const file = join(directory, `${port}.conf`);
  await copyFile(join(samples, sample), file);
  const { redis } = findPrograms();
  const own = ['--dir', directory, '--appenddirname', `aof-${port}`, '--dbfilename', `${port}.rdb`];
  const local = ['--port', String(port), '--bind', '127.0.0.1', ...own];
  return { port, running: startProgram(t, [redis, file, ...local, ...more], { directory }) };
}

interface Server {
  readonly port: number;
  readonly running: Running;
}

async function killPrimary(servers: readonly Server[]): Promise<void> {
  for (const { port, running } of servers) {
    if (!(await isPrimary(port).catch(() => false))) continue;
    await running.kill();
    return;
  }
  throw new Error('No server is a primary.');
}

/** Replicas that are connected to their primary. */
async function countFollowers(ports: readonly number[]): Promise<number> {
  const states = await Promise.all(
    ports.map((port) => runRedisCommand(port, 'info', 'replication')),
  );
  return states.filter((state) => String(state).includes('master_link_status:up')).length;
}

async function countPrimaries(servers: readonly Server[]): Promise<number> {
  const living = servers.filter(({ running }) => running.isRunning());
  const roles = await Promise.all(living.map(({ port }) => isPrimary(port)));
  return roles.filter(Boolean).length;
}

async function isPrimary(port: number): Promise<boolean> {
  return String(await runRedisCommand(port, 'role')).startsWith('master');
}

async function answerAll(ports: readonly number[]): Promise<boolean> {
  const answers = await Promise.all(ports.map((port) => runRedisCommand(port, 'ping')));
  return answers.every((answer) => answer === 'PONG');
}
