// A PostgreSQL that archives its write-ahead log, for one test of point-in-time recovery.
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, chown, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { administer, type CleanUp } from './databases.ts';
import { killAtExit } from './kill-at-exit.ts';
import { findPrograms } from './programs.ts';
import { findAccount } from './services.ts';
import { startupSeconds } from './start-patiently.ts';

const run = promisify(execFile);
const database = 'ostiary';

export interface ArchivingPostgres {
  readonly directory: string;
  readonly url: string;
  /** Runs shell commands as the account of the server, with its programs. */
  shell(commands: string): Promise<string>;
  stop(): Promise<void>;
  /** Starts with the data directory of this name. */
  start(name: string): Promise<void>;
}

/** @param settings of `postgresql.conf` */
export async function startArchivingPostgres(
  t: CleanUp,
  settings: (directory: string) => string,
): Promise<ArchivingPostgres> {
  const folder = findPrograms().postgres;
  const account = process.getuid?.() === 0 ? await findAccount('postgres') : undefined;
  const directory = await mkdtemp(join(tmpdir(), 'ostiary-archive-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  await mkdir(join(directory, 'wal'));
  for (const path of account ? [directory, join(directory, 'wal')] : []) {
    await chown(path, account?.uid ?? 0, account?.gid ?? 0);
  }
  const url = `postgres://postgres@localhost/${database}?host=${directory}`;
  let child: ChildProcess | undefined;

  async function shell(commands: string): Promise<string> {
    const env = { PATH: `${folder}:${process.env['PATH']}`, DATABASE_URL: url };
    const { stdout } = await run('bash', ['--norc', '-ec', commands], {
      ...account,
      cwd: directory,
      env,
    });
    return stdout;
  }

  async function stop(): Promise<void> {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGINT');
    await ended;
  }

  async function start(name: string): Promise<void> {
    const options = ['-D', join(directory, name), '-k', directory, '-c', 'listen_addresses='];
    child = spawn(join(folder, 'postgres'), options, {
      ...account,
      cwd: directory,
      stdio: 'ignore',
    });
    await waitUntilWritable(url.replace(`/${database}?`, '/postgres?'));
  }

  const release = killAtExit(() => void child?.kill('SIGKILL'));
  t.after(async () => {
    release();
    await stop();
  });
  await shell('initdb --auth=trust --username=postgres --encoding=UTF8 --no-sync --pgdata=data');
  await appendFile(join(directory, 'data/postgresql.conf'), settings(directory));
  await start('data');
  await administer(url.replace(`/${database}?`, '/postgres?'), `create database ${database}`);
  return { directory, url, shell, stop, start };
}

/** A server that recovers accepts reads first. */
async function waitUntilWritable(url: string): Promise<void> {
  const begun = performance.now();
  while (performance.now() - begun < startupSeconds * 1000) {
    const isWritable = await administer(url, 'create temporary table probe (id integer)').then(
      () => true,
      () => false,
    );
    if (isWritable) return;
    await pause(100);
  }
  throw new Error(`PostgreSQL accepted no writes within ${startupSeconds} seconds`);
}
