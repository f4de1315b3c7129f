// Programs that a trial runs, each in its own process group, so that its descendants end with it.
// Their output is kept for error messages.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

export interface RunOptions {
  readonly cwd?: string;
  /** Replaces the environment of this process when `isolated`, otherwise extends it. */
  readonly env?: Readonly<Record<string, string>>;
  readonly isolated?: boolean;
  readonly input?: string;
}

export interface Processes {
  /**
   * Resolves to standard output when the program exits with 0, otherwise rejects with the end of
   * its output.
   */
  run(command: string, args: readonly string[], options?: RunOptions): Promise<string>;
  /** Starts a program that runs until `stop`; the result returns its output so far. */
  start(command: string, args: readonly string[], options?: RunOptions): () => string;
  stop(): Promise<void>;
}

/** Time between SIGTERM and SIGKILL. */
const graceMilliseconds = 5_000;
const keptCharacters = 1_500;

/** Programs run in `directory` by default; their temporary files are in its folder `tmp`. */
export function createProcesses(directory: string, signal: AbortSignal): Processes {
  const temporary = join(directory, 'tmp');
  mkdirSync(temporary, { recursive: true });
  const children = new Set<ChildProcess>();

  function launch(command: string, args: readonly string[], options: RunOptions) {
    signal.throwIfAborted();
    const own = options.isolated ? { PATH: process.env['PATH'] } : process.env;
    const child = spawn(command, args, {
      cwd: options.cwd ?? directory,
      env: { ...own, TMPDIR: temporary, ...options.env },
      detached: true,
      stdio: 'pipe',
    });
    children.add(child);
    const written = { output: '', all: '' };
    child.stdout.on('data', (bytes: Buffer) => {
      written.output += bytes.toString();
      written.all += bytes.toString();
    });
    child.stderr.on('data', (bytes: Buffer) => (written.all += bytes.toString()));
    // A program that exits before it has read its input must not crash this process.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
    return { child, written };
  }

  return {
    async run(command, args, options = {}) {
      const { child, written } = launch(command, args, options);
      const abort = () => sendSignal(child, 'SIGKILL');
      signal.addEventListener('abort', abort);
      // Node passes an exit code, or null for a program that was ended by a signal.
      const [code] = (await once(child, 'close').finally(() => {
        signal.removeEventListener('abort', abort);
        children.delete(child);
      })) as [number | null];
      signal.throwIfAborted();
      if (code === 0) return written.output;
      const words = [command, ...args].join(' ').slice(0, 80);
      throw new Error(`"${words}" ended with ${code}: ${tail(written.all)}`);
    },

    start(command, args, options = {}) {
      const { child, written } = launch(command, args, options);
      child.once('error', (error) => (written.all += error.message));
      return () => tail(written.all);
    },

    async stop() {
      await Promise.all([...children].map(endGroup));
      children.clear();
    },
  };
}

async function endGroup(child: ChildProcess): Promise<void> {
  const isRunning = child.exitCode === null && child.signalCode === null;
  if (isRunning && child.pid !== undefined) {
    const ended = once(child, 'exit');
    sendSignal(child, 'SIGTERM');
    const cancel = new AbortController();
    const late = pause(graceMilliseconds, 'late', { signal: cancel.signal }).catch(() => 'ended');
    await Promise.race([ended, late]);
    cancel.abort();
  }
  sendSignal(child, 'SIGKILL');
}

/** Signals the whole group, which may have ended already. */
function sendSignal({ pid }: ChildProcess, name: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, name);
  } catch {
    // Nothing of the group is left.
  }
}

function tail(text: string): string {
  return text.trim().slice(-keptCharacters);
}
