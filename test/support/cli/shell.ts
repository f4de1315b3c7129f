// Runs the command line program as a separate process, with no environment but the variables of the
// test.
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { quickWasm } from '#test/support/runner/run-files.ts';
import { programDirectory } from '#test/support/services/built-program.ts';
import { createDatabase, type CleanUp } from '#test/support/services/databases.ts';
import { killAtExit } from '#test/support/services/kill-at-exit.ts';
import { unreachable } from '#test/support/services/start-patiently.ts';

const program = join(programDirectory(), 'bin/ostiary.mjs');
/** Longer than any command takes, even on a busy machine. */
const timeoutMs = 60_000;

export type Settings = Readonly<Record<string, string>>;

export interface Ran {
  readonly out: string;
  readonly err: string;
  readonly exitCode: number | null;
  /** Parses standard output, which must be a single JSON document. */
  json(): Readonly<Record<string, unknown>>;
}

export interface Shell {
  /** Runs `ostiary` with these arguments. */
  run(args: readonly string[], stdin?: string): Promise<Ran>;
  /** Like `run`, but fails unless the command succeeds. */
  done(args: readonly string[], stdin?: string): Promise<Ran>;
}

/** Starts a shell in `place`, by default in an empty directory. */
export async function openShell(t: CleanUp, settings: Settings, place?: string): Promise<Shell> {
  const directory = place ?? (await createEmptyDirectory(t));
  const run = async (args: readonly string[], stdin = ''): Promise<Ran> => {
    const child = start(args, { directory, settings });
    const watchdog = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
    child.stdin.on('error', () => undefined); // A command that fails early does not read its input.
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
  /** Standard error so far. */
  log(): string;
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts `ostiary serve`, waits until it is ready, and stops it after the test. */
export async function startServer(
  t: CleanUp,
  settings: Settings,
  place?: string,
): Promise<RunningServer> {
  const directory = place ?? (await createEmptyDirectory(t));
  for (let tries = 1; ; tries += 1) {
    const { server, line } = await launchServer(t, directory, settings);
    if (tries < 10 && line.includes(unreachable)) continue;
    assert.match(line, /is ready/);
    return server;
  }
}

/** Resolves to the first line that the server prints, or to its log if it exits before. */
async function launchServer(
  t: CleanUp,
  directory: string,
  settings: Settings,
): Promise<{ readonly server: RunningServer; readonly line: string }> {
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
  const server = { log: () => log, kill: () => end('SIGKILL'), stop: () => end('SIGTERM') };
  return { server, line: String(line) };
}

export async function createEmptyDirectory(t: CleanUp): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'ostiary-test-shell-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/**
 * Creates a database and returns its URL for DATABASE_URL, which requires a host even for a socket.
 */
export async function createServerDatabase(
  t: CleanUp,
  options: { readonly migrated?: boolean } = {},
): Promise<string> {
  return (await createDatabase(t, options)).replace('@/', '@localhost/');
}

/** Closes in reverse order, so that a directory is removed after all writers have ended. */
export function closeInReverse(t: CleanUp): CleanUp {
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
  // The weakest password hashing that development allows: these tests do not depend on its
  // strength.
  const weak = { ARGON2_MEMORY_KIB: '64', ARGON2_ITERATIONS: '1' };
  const { PATH = '', TMPDIR = tmpdir() } = process.env;
  const env = { PATH, TMPDIR, ...weak, ...settings };
  const options = [...quickWasm, program, ...args];
  const child = spawn(process.execPath, options, { cwd: directory, env, stdio: 'pipe' });
  child.once(
    'close',
    killAtExit(() => void child.kill('SIGKILL')),
  );
  return child satisfies ChildProcess;
}

function parseDocument(out: string): Readonly<Record<string, unknown>> {
  assert.match(out, /^[^\n]+\n$/, 'standard output must be one line');
  const value: unknown = JSON.parse(out);
  assert.ok(typeof value === 'object' && value !== null);
  return Object.fromEntries(Object.entries(value));
}
