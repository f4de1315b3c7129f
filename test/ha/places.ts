// Shared by the services of this suite: free ports, a directory, and processes that end with the test.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { CleanUp } from '#test/support/services/databases.ts';
import { killAtExit } from '#test/support/services/kill-at-exit.ts';
import { findAccount } from '#test/support/services/services.ts';
import { startupSeconds } from '#test/support/services/start-patiently.ts';

// Every program is stopped when this process exits.
process.setMaxListeners(40);

export const samples = new URL('../../deploy/ha/', import.meta.url).pathname;

export interface Account {
  readonly uid: number;
  readonly gid: number;
}

export interface StartOptions {
  readonly directory: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly account?: Account | undefined;
}

export interface Running {
  kill(): Promise<void>;
  isRunning(): boolean;
}

/** PostgreSQL refuses to run as root. */
export async function findDatabaseAccount(): Promise<Account | undefined> {
  return process.getuid?.() === 0 ? findAccount('postgres') : undefined;
}

export async function createPlace(t: CleanUp, account?: Account): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'ostiary-ha-'));
  if (account) await chown(directory, account.uid, account.gid);
  t.after(() => rm(directory, { recursive: true, force: true, maxRetries: 5 }));
  return directory;
}

/** Starts a program in a process group of its own, which ends with the test. */
export function startProgram(
  t: CleanUp,
  [program, ...args]: readonly [string, ...string[]],
  { directory, env = {}, account }: StartOptions,
): Running {
  const child = spawn(program, args, {
    cwd: directory,
    env: { PATH: `${process.env['PATH']}:/usr/sbin`, LANG: 'C.UTF-8', HOME: directory, ...env },
    ...account,
    detached: true,
    stdio: 'ignore',
  });
  const killGroup = () => killAll(child);
  const release = killAtExit(killGroup);
  const isRunning = () => child.exitCode === null && child.signalCode === null;
  const kill = async () => {
    if (!isRunning()) return;
    const ended = once(child, 'exit');
    killGroup();
    await ended;
  };
  t.after(async () => {
    release();
    await kill();
  });
  return { kill, isRunning };
}

function killAll({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // The process group has ended.
  }
}

export async function waitUntil(what: string, condition: () => Promise<boolean>): Promise<void> {
  const begun = performance.now();
  while (!(await condition().catch(() => false))) {
    if (performance.now() - begun > startupSeconds * 1000) {
      throw new Error(`Not within ${startupSeconds} seconds: ${what}.`);
    }
    await pause(100);
  }
}
