// Starts PostgreSQL and Redis for one test run on sockets in the directory of the run, isolated from
// other services of the machine. programs.ts finds and installs the
// programs; databases.ts creates the databases of the tests.
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chown, mkdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Programs } from './programs.ts';
import { startupSeconds } from './start-patiently.ts';

const run = promisify(execFile);

export interface Services {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  stop(): Promise<void>;
}

/** URLs of existing services, which are used instead of starting new ones. */
export interface GivenAddresses {
  readonly databaseUrl: string | undefined;
  readonly redisUrl: string | undefined;
  /** Settings of a PostgreSQL that is started, as `name=value`; they replace those of tests. */
  readonly postgresSettings?: readonly string[];
  /** The loopback port of a PostgreSQL that is started, for clients that know no sockets. */
  readonly postgresPort?: number | undefined;
}

interface Account {
  readonly uid: number;
  readonly gid: number;
}

interface Cluster {
  readonly folder: string;
  readonly home: string;
  readonly data: string;
  readonly account: Account | undefined;
}

/** @param directory is of the run, and other users of the machine may open files below it */
export async function startServices(
  programs: Programs,
  directory: string,
  given: GivenAddresses,
): Promise<Services> {
  const children: ChildProcess[] = [];
  const stop = async () => {
    await Promise.all(children.map(endProcess));
  };
  try {
    const [databaseUrl, redisUrl] = await Promise.all([
      given.databaseUrl ?? startPostgres(programs.postgres, directory, children, given),
      given.redisUrl ?? startRedis(programs.redis, directory, children),
    ]);
    return { databaseUrl, redisUrl, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startPostgres(
  folder: string,
  directory: string,
  children: ChildProcess[],
  { postgresSettings = [], postgresPort }: GivenAddresses,
): Promise<string> {
  // PostgreSQL refuses to run as root.
  const account = process.getuid?.() === 0 ? await findAccount('postgres') : undefined;
  const home = join(directory, 'postgres');
  await mkdir(home);
  if (account) await chown(home, account.uid, account.gid);
  const data = join(home, 'data');
  const password = await createCluster({ folder, home, data, account });
  const settings = [
    ...(postgresPort === undefined
      ? ['listen_addresses=']
      : ['listen_addresses=127.0.0.1', `port=${postgresPort}`]),
    'fsync=off',
    'full_page_writes=off',
    'max_connections=200',
    ...postgresSettings,
  ];
  const child = spawn(
    join(folder, 'postgres'),
    ['-D', data, '-k', home, ...settings.flatMap((setting) => ['-c', setting])],
    { ...account, cwd: home, detached: true, stdio: 'ignore' },
  );
  children.push(child);
  await waitFor(child, 'PostgreSQL', async () => {
    const port = postgresPort === undefined ? [] : ['-p', String(postgresPort)];
    await run(join(folder, 'pg_isready'), ['-q', '-h', home, '-U', 'postgres', ...port]);
  });
  return postgresPort === undefined
    ? `postgres://postgres@/postgres?host=${home}`
    : `postgres://postgres:${password}@127.0.0.1:${postgresPort}/postgres`;
}

/** Returns the password for connections over TCP: other users reach the port, but not the socket. */
async function createCluster({ folder, home, data, account }: Cluster): Promise<string> {
  const password = randomBytes(16).toString('hex');
  const passwordFile = join(home, 'password');
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (account) await chown(passwordFile, account.uid, account.gid);
  const options = ['--no-sync', '--username=postgres', '--encoding=UTF8', '--no-locale'];
  const logins = ['--auth-local=trust', '--auth-host=scram-sha-256', `--pwfile=${passwordFile}`];
  await run(join(folder, 'initdb'), [...options, ...logins, `--pgdata=${data}`], {
    ...account,
    cwd: home,
  });
  return password;
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
  const begun = performance.now();
  while (performance.now() - begun < startupSeconds * 1000) {
    if (child.exitCode !== null) throw new Error(`${name} exited during startup`);
    try {
      return await check();
    } catch {
      await pause(50);
    }
  }
  throw new Error(`${name} did not start within ${startupSeconds} seconds`);
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
