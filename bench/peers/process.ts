// Starts and ends the server of another product. It is a process group of its own, which always ends with
// the run.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { placedOn } from '#bench/placement.ts';
import type { CleanUp } from '#test/support/services/databases.ts';
import { keptOutput } from './programs.ts';

export interface ServerCommand {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly cores: readonly (number | undefined)[];
  /** Answers with a status below 400 once the server is ready. */
  readonly readyUrl: string;
}

/** Long enough for a first start on a machine with much other load. */
const startSeconds = 300;
const endMilliseconds = 15_000;

/** Returns the process id once the server is ready. */
export async function startServer(t: CleanUp, command: ServerCommand): Promise<number> {
  const { program, args, cwd, env, cores, readyUrl } = command;
  const [first = '', ...rest] = [...placedOn(cores), program, ...args];
  const child = spawn(first, rest, {
    cwd,
    env: { ...process.env, ...env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const kill = () => signal(child, 'SIGKILL');
  process.once('exit', kill);
  t.after(async () => {
    await end(child);
    process.removeListener('exit', kill);
  });
  let output = '';
  const keep = (text: string) => {
    output = (output + text).slice(-keptOutput);
  };
  child.stdout.setEncoding('utf8').on('data', keep);
  child.stderr.setEncoding('utf8').on('data', keep);
  await untilReady(child, readyUrl, () => `${program} did not start:\n${output}`);
  if (child.pid === undefined) throw new Error(`${program} did not start.`);
  return child.pid;
}

async function untilReady(child: ChildProcess, url: string, explain: () => string): Promise<void> {
  const begun = performance.now();
  let failure: Error | undefined;
  child.once('error', (error) => {
    failure = error;
  });
  while (performance.now() - begun < startSeconds * 1000) {
    if (hasEnded(child) || failure) throw new Error(explain(), { cause: failure });
    if (await isAnswered(url)) return;
    await pause(200);
  }
  throw new Error(explain());
}

async function isAnswered(url: string): Promise<boolean> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(5000) });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false;
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || hasEnded(child)) return;
  const exited = once(child, 'exit');
  signal(child, 'SIGTERM');
  const deadline = setTimeout(() => signal(child, 'SIGKILL'), endMilliseconds);
  await exited;
  clearTimeout(deadline);
}

/** Sends the signal to the whole group, because a shell script may have started the server. */
function signal({ pid }: ChildProcess, name: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, name);
  } catch {
    // It has ended.
  }
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}
