// The command line as people use it: the real program as a process of its own, with nothing in its
// environment but what a test gives it.
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { createDatabase, type Closing } from '#test/stage/databases.ts';

const program = new URL('../../bin/ostiary.mjs', import.meta.url).pathname;
/** Longer than any command takes, even on a busy machine. */
const patienceMs = 60_000;

export type Settings = Readonly<Record<string, string>>;

export interface Ran {
  readonly out: string;
  readonly err: string;
  readonly exitCode: number | null;
  /** The one JSON document that standard output must be. */
  json(): Readonly<Record<string, unknown>>;
}

export interface Shell {
  /** Runs `ostiary` with these arguments. */
  run(args: readonly string[], stdin?: string): Promise<Ran>;
  /** `run`, for what must succeed. */
  done(args: readonly string[], stdin?: string): Promise<Ran>;
}

/** Where the shell stands does not matter, mostly: then it has an empty directory. */
export async function openShell(t: Closing, settings: Settings, place?: string): Promise<Shell> {
  const directory = place ?? (await createEmptyDirectory(t));
  const run = async (args: readonly string[], stdin = ''): Promise<Ran> => {
    const child = start(args, { directory, settings });
    const watchdog = setTimeout(() => child.kill('SIGKILL'), patienceMs);
    child.stdin.on('error', () => undefined); // A command that fails early does not read it.
    child.stdin.end(stdin);
    const [out, err] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close'),
    ]);
    clearTimeout(watchdog);
    return { out, err, exitCode: child.exitCode, json: () => parseDocument(out) };
  };
  return {
    run,
    async done(args, stdin) {
      const ran = await run(args, stdin);
      assert.equal(ran.exitCode, 0, ran.err);
      return ran;
    },
  };
}

export interface RunningServer {
  /** Everything on standard error so far. */
  log(): string;
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/** `ostiary serve`, when it says that it is ready; ended with the test. */
export async function startServer(
  t: Closing,
  settings: Settings,
  place?: string,
): Promise<RunningServer> {
  const directory = place ?? (await createEmptyDirectory(t));
  const child = start(['serve'], { directory, settings });
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const closed = once(child, 'close');
    child.kill(signal);
    await closed;
  };
  t.after(() => end('SIGKILL'));
  let log = '';
  child.stderr.on('data', (chunk) => (log += String(chunk)));
  const lines = createInterface({ input: child.stdout });
  const [line] = await Promise.race([
    once(lines, 'line'),
    once(child, 'close').then(() => [`The server ended: ${log}`]),
  ]);
  assert.match(String(line), /is ready/);
  return { log: () => log, kill: () => end('SIGKILL'), stop: () => end('SIGTERM') };
}

export async function createEmptyDirectory(t: Closing): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'ostiary-test-shell-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** The address of a new database, as DATABASE_URL takes one: it wants a host before a socket, too. */
export async function createServerDatabase(
  t: Closing,
  options: { readonly migrated?: boolean } = {},
): Promise<string> {
  return (await createDatabase(t, options)).replace('@/', '@localhost/');
}

/** What is opened last is closed first: a directory is removed when nobody writes into it any more. */
export function closeInReverse(t: Closing): Closing {
  const works: (() => Promise<void>)[] = [];
  t.after(async () => {
    for (const work of works.toReversed()) await work();
  });
  return { after: (work) => void works.push(work) };
}

export function start(
  args: readonly string[],
  { directory, settings }: { directory: string; settings: Settings },
) {
  // Passwords are hashed as weakly as development allows: nothing here is about their strength.
  const weak = { ARGON2_MEMORY_KIB: '64', ARGON2_ITERATIONS: '1' };
  const env = { PATH: process.env['PATH'] ?? '', ...weak, ...settings };
  const options = ['--disable-warning=ExperimentalWarning', program, ...args];
  const child = spawn(process.execPath, options, { cwd: directory, env, stdio: 'pipe' });
  return child satisfies ChildProcess;
}

function parseDocument(out: string): Readonly<Record<string, unknown>> {
  assert.match(out, /^[^\n]+\n$/, 'standard output is one line');
  const value: unknown = JSON.parse(out);
  assert.ok(typeof value === 'object' && value !== null);
  return Object.fromEntries(Object.entries(value));
}
