// A Redis server for one test, which can be killed, suspended, emptied and restored from an older
// snapshot.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rename, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { createDirectory, type CleanUp } from './databases.ts';
import { killAtExit } from './kill-at-exit.ts';
import { findPrograms } from './programs.ts';
import { startupSeconds } from './start-patiently.ts';
import { runRedisCommand } from './redis-command.ts';

export interface OwnRedis {
  readonly url: string;
  /** SIGSTOP: connections stay open and nothing is answered. */
  freeze(): void;
  thaw(): void;
  /** kill -9; the server does not persist, so all data is lost. */
  kill(): Promise<void>;
  /** Does nothing if the server is running. */
  start(...options: string[]): Promise<void>;
  /** Saves a snapshot of the current data. */
  save(): Promise<void>;
  /** Starts with that snapshot, after a kill. */
  restore(...options: string[]): Promise<void>;
  dial(): Socket;
  /** Runs one command on a direct connection. */
  command(name: string, ...values: string[]): Promise<unknown>;
}

export async function startDedicatedRedis(t: CleanUp): Promise<OwnRedis> {
  const directory = await createDirectory(t);
  const program = findPrograms().redis;
  const socket = join(directory, 'redis.sock');
  let child: ChildProcess | undefined;

  const isRunning = () => child?.exitCode === null && child.signalCode === null;

  async function start(...more: string[]): Promise<void> {
    if (isRunning()) return;
    const options = ['--port', '0', '--unixsocket', socket, '--save', '', '--appendonly', 'no'];
    child = spawn(program, [...options, '--dir', directory, ...more], { stdio: 'ignore' });
    const begun = performance.now();
    while (performance.now() - begun < startupSeconds * 1000) {
      if ((await command('ping').catch(() => undefined)) === 'PONG') return;
      await pause(50);
    }
    throw new Error(`Redis did not start within ${startupSeconds} seconds.`);
  }

  async function kill(): Promise<void> {
    if (!child || !isRunning()) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  const command = (name: string, ...values: string[]) => runRedisCommand(socket, name, ...values);

  const copy = join(directory, 'copy.rdb');
  const data = join(directory, 'dump.rdb');

  async function save(): Promise<void> {
    await command('save');
    await rename(data, copy);
  }

  async function restore(...options: string[]): Promise<void> {
    await kill();
    await rename(copy, data);
    await start(...options);
    // The next start begins without data again.
    await rm(data);
  }

  const release = killAtExit(() => void child?.kill('SIGKILL'));
  t.after(async () => {
    release();
    await kill();
  });
  await start();
  return {
    url: `unix://${socket}`,
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
    kill,
    start,
    save,
    restore,
    dial: () => connect(socket),
    command,
  };
}
