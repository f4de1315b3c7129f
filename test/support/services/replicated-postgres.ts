// A PostgreSQL primary for one test with a synchronous standby, so that the primary can be lost
// without data loss. Redirecting the nodes is the task of the proxy in front of them.
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { administer, type CleanUp } from './databases.ts';
import { killAtExit } from './kill-at-exit.ts';
import { findPrograms } from './programs.ts';
import { findAccount } from './services.ts';
import { startupSeconds } from './start-patiently.ts';

const run = promisify(execFile);
const database = 'ostiary';

export type ReplicatedPostgres = Awaited<ReturnType<typeof startReplicatedPostgres>>;

interface Server {
  readonly url: (name: string) => string;
  /** kill -9 of the server and all its child processes. */
  kill(): Promise<void>;
}

interface Place {
  readonly programs: string;
  readonly directory: string;
  /** PostgreSQL refuses to run as root. */
  readonly account: { readonly uid: number; readonly gid: number } | undefined;
}

export async function startReplicatedPostgres(t: CleanUp) {
  const place = await findPlace(t);
  const { programs, directory, account } = place;
  const runHere = (program: string, options: readonly string[]) =>
    run(join(programs, program), [...options], { ...account, cwd: directory });

  const data = (name: string) => join(directory, name);
  const common = ['--username=postgres', '--no-sync'];
  await runHere('initdb', [
    ...common,
    '--auth=trust',
    '--encoding=UTF8',
    `--pgdata=${data('first')}`,
  ]);
  const first = await startServer(t, place, 'first');
  await administer(first.url('postgres'), `create database ${database}`);
  const from = ['-h', directory, '-p', String(ports.first)];
  await runHere('pg_basebackup', [...common, ...from, '-R', '-c', 'fast', '-D', data('standby')]);
  const standby = await startServer(t, place, 'standby');
  // Set only now, and only on the primary: from here on it acknowledges no commit that the standby
  // lacks.
  await administer(first.url('postgres'), `alter system set synchronous_standby_names = '*'`);
  await administer(first.url('postgres'), 'select pg_reload_conf()');
  await waitUntil('the standby is streaming', async () => {
    const [row] = await ask(first, `select sync_state as state from pg_stat_replication`);
    return row?.state === 'sync';
  });

  let current = first;
  return {
    /** The URL of the primary. */
    url: () => current.url(database),
    /** The primary completes nothing and sends nothing; afterwards no server accepts writes. */
    killFirst: () => first.kill(),
    async promote(): Promise<void> {
      await administer(standby.url('postgres'), 'select pg_promote()');
      current = standby;
    },
  };
}

/** The sockets are named after the ports; no server listens on the network. */
const ports = { first: 5432, standby: 5433 } as const;

async function findPlace(t: CleanUp): Promise<Place> {
  const directory = await mkdtemp(join(tmpdir(), 'ostiary-pair-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  const account = process.getuid?.() === 0 ? await findAccount('postgres') : undefined;
  if (account) await chown(directory, account.uid, account.gid);
  return { programs: findPrograms().postgres, directory, account };
}

async function startServer(
  t: CleanUp,
  { programs, directory, account }: Place,
  name: keyof typeof ports,
): Promise<Server> {
  const settings = [`port=${ports[name]}`, 'listen_addresses=', 'fsync=off', 'max_connections=100'];
  const child = spawn(
    join(programs, 'postgres'),
    ['-D', join(directory, name), '-k', directory, ...settings.flatMap((each) => ['-c', each])],
    { ...account, cwd: directory, stdio: 'ignore' },
  );
  const kill = () => killAll(child);
  const release = killAtExit(() => void child.kill('SIGKILL'));
  t.after(async () => {
    release();
    await kill();
  });
  const url = (of: string) =>
    `postgres://postgres@localhost:${ports[name]}/${of}?host=${directory}`;
  await waitUntil(`${name} runs`, () => ask({ url }, 'select 1').then((rows) => rows.length > 0));
  return { url, kill };
}

/** The child processes are killed as well; otherwise they would complete their current work. */
async function killAll(child: ChildProcess): Promise<void> {
  const { pid } = child;
  if (pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGSTOP');
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  for (const each of children.trim().split(' ')) if (each) process.kill(Number(each), 'SIGKILL');
  child.kill('SIGKILL');
  await ended;
}

async function ask({ url }: Pick<Server, 'url'>, text: string): Promise<{ state?: unknown }[]> {
  const client = new Client({ connectionString: url('postgres') });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

async function waitUntil(what: string, condition: () => Promise<boolean>): Promise<void> {
  const begun = performance.now();
  while (performance.now() - begun < startupSeconds * 1000) {
    if (await condition().catch(() => false)) return;
    await pause(50);
  }
  throw new Error(`Not within ${startupSeconds} seconds: ${what}.`);
}
