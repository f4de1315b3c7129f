// Starts PostgreSQL and Redis for one test run on sockets in a temporary directory, isolated from
// other services of the machine, and removes them afterwards. programs.ts finds and installs the
// programs; databases.ts creates the databases of the tests.
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Programs } from './programs.ts';

const run = promisify(execFile);

export interface Services {
  /** Temporary directory, also for other files of the run; removed at its end. */
  readonly directory: string;
  readonly databaseUrl: string;
  readonly redisUrl: string;
  stop(): Promise<void>;
}

/** URLs of existing services, which are used instead of starting new ones. */
export interface GivenAddresses {
  readonly databaseUrl: string | undefined;
  readonly redisUrl: string | undefined;
}

interface Account {
  readonly uid: number;
  readonly gid: number;
}

export async function startServices(programs: Programs, given: GivenAddresses): Promise<Services> {
  const directory = await mkdtemp(join(tmpdir(), 'ostiary-test-'));
  const children: ChildProcess[] = [];
  const stop = async () => {
    await Promise.all(children.map(endProcess));
    await rm(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  };
  try {
    const [databaseUrl, redisUrl] = await Promise.all([
      given.databaseUrl ?? startPostgres(programs.postgres, directory, children),
      given.redisUrl ?? startRedis(programs.redis, directory, children),
    ]);
    return { directory, databaseUrl, redisUrl, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startPostgres(
  folder: string,
  directory: string,
  children: ChildProcess[],
): Promise<string> {
  // PostgreSQL refuses to run as root.
  const account = process.getuid?.() === 0 ? await findAccount('postgres') : undefined;
  if (account) await chown(directory, account.uid, account.gid);
  const data = join(directory, 'postgres');
  const options = ['--no-sync', '--auth=trust', '--username=postgres', '--encoding=UTF8'];
  await run(join(folder, 'initdb'), [...options, '--no-locale', `--pgdata=${data}`], {
    ...account,
    cwd: directory,
  });
  const settings = [
    'listen_addresses=',
    'fsync=off',
    'full_page_writes=off',
    'max_connections=200',
  ];
  const child = spawn(
    join(folder, 'postgres'),
    ['-D', data, '-k', directory, ...settings.flatMap((setting) => ['-c', setting])],
    { ...account, cwd: directory, detached: true, stdio: 'ignore' },
  );
  children.push(child);
  await waitFor(child, 'PostgreSQL', async () => {
    await run(join(folder, 'pg_isready'), ['-q', '-h', directory, '-U', 'postgres']);
  });
  return `postgres://postgres@/postgres?host=${directory}`;
}

async function startRedis(
  program: string,
  directory: string,
  children: ChildProcess[],
): Promise<string> {
  const socket = join(directory, 'redis.sock');
  const options = ['--port', '0', '--unixsocket', socket, '--save', '', '--appendonly', 'no'];
  const child = spawn(program, [...options, '--dir', directory], {
    detached: true,
    stdio: 'ignore',
  });
  children.push(child);
  await waitFor(child, 'Redis', async () => {
    const connection = connect(socket);
    await once(connection, 'connect');
    connection.destroy();
  });
  return `unix://${socket}`;
}

export async function findAccount(name: string): Promise<Account> {
  const [uid, gid] = await Promise.all(
    ['-u', '-g'].map(async (option) => Number((await run('id', [option, name])).stdout)),
  );
  if (uid === undefined || gid === undefined) throw new Error(`System account not found: ${name}`);
  return { uid, gid };
}

async function waitFor(child: ChildProcess, name: string, check: () => Promise<void>) {
  for (let tries = 0; tries < 300; tries += 1) {
    if (child.exitCode !== null) throw new Error(`${name} exited during startup`);
    try {
      return await check();
    } catch {
      await pause(50);
    }
  }
  throw new Error(`${name} did not start within 15 seconds`);
}

/** SIGINT is the fast shutdown of PostgreSQL, which does not wait for clients to disconnect. */
async function endProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGINT');
  const deadline = setTimeout(() => child.kill('SIGKILL'), 5000);
  await exited;
  clearTimeout(deadline);
}
