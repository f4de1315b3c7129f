// Runs the commands of the documentation exactly as printed, apart from addresses and ids: the issuer
// and the ports are those of the test, and ids take the place of "the client_id".
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import type { TestContext } from 'node:test';
import { programDirectory } from '#test/support/services/built-program.ts';
import { killAtExit } from '#test/support/services/kill-at-exit.ts';
import { quickWasm } from '#test/support/runner/run-files.ts';
import { layOut, type Running } from './example-programs.ts';

const root = join(import.meta.dirname, '../../..');

export interface Block {
  /** `sh`, `js`, `ini`, `html` ... */
  readonly language: string;
  readonly code: string;
}

/** The code blocks of a section, from its heading to the next one. */
export async function readSection(document: string, heading: string): Promise<readonly Block[]> {
  const all = await readFile(join(root, document), 'utf8');
  const start = all.indexOf(`\n## ${heading}\n`);
  if (start < 0) throw new Error(`section ${heading} not found in ${document}`);
  const rest = all.slice(start + 4);
  const end = rest.search(/^## /m);
  const section = end < 0 ? rest : rest.slice(0, end);
  return [...section.matchAll(/^```(\w+)\n([^]*?)^```/gm)].map(([, language = '', code = '']) => ({
    language,
    code,
  }));
}

export interface DeskOptions {
  /** Settings of the command line, which reaches the database of the server under test. */
  readonly settings: Readonly<Record<string, string>>;
  /** Text in the documents, with its replacement. */
  readonly places: Readonly<Record<string, string>>;
}

export interface Desk {
  readonly directory: string;
  /** Replaces text that occurs only in the documents. */
  adapt(code: string): string;
  /** Registers a client with the first command of the section; the ids are used from then on. */
  register(blocks: readonly Block[]): Promise<void>;
  /** Writes each file of the section whose first line is a comment with its name. */
  writeFiles(blocks: readonly Block[]): Promise<void>;
  /** Runs a command to its end and returns what it prints. */
  run(command: string, stdin?: string): Promise<string>;
  /** Starts a command, which runs until the test ends. */
  start(command: string): Running;
}

/** A directory with the packages, in which `node`, `npx ostiary` and bash work as for a reader. */
export async function openDesk(t: TestContext, options: DeskOptions): Promise<Desk> {
  const places = new Map(Object.entries(options.places));
  const directory = await layOut(t, {});
  const bin = await installNpx(directory);
  const paths = [bin, dirname(process.execPath), process.env['PATH'] ?? ''];
  const env = { ...options.settings, PATH: paths.join(delimiter) };
  const adapt = (code: string) =>
    [...places].reduce((result, [printed, used]) => result.replaceAll(printed, used), code);
  const launch = (command: string) =>
    spawn('bash', ['--norc', '-ec', adapt(command)], { cwd: directory, env, detached: true });

  async function run(command: string, stdin = ''): Promise<string> {
    const child = launch(command);
    child.stdin.on('error', () => undefined); // A command may end without reading its input.
    child.stdin.end(stdin);
    const [out, err] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close'),
    ]);
    assert.equal(child.exitCode, 0, err);
    return out;
  }

  return {
    directory,
    adapt,
    run,
    async register(blocks) {
      const command = blocks.find(({ code }) => code.includes('ostiary client create'));
      const out = await run(command?.code ?? 'false');
      for (const [, name, value = ''] of out.matchAll(/^(client_id|client_secret) +(\S+)$/gm)) {
        places.set(`the ${name}`, value);
      }
    },
    async writeFiles(blocks) {
      for (const { code } of blocks) {
        const [line = ''] = code.split('\n', 1);
        const [, name] = /^(?:#|\/\/|<!--) ([\w-]+\.\w+)(?: -->)?$/.exec(line) ?? [];
        if (name !== undefined) await writeFile(join(directory, name), adapt(code));
      }
    },
    start(command) {
      const child = launch(command);
      child.stderr.pipe(process.stderr);
      const kill = () => killGroup(child.pid);
      const release = killAtExit(kill);
      t.after(() => {
        release();
        kill();
      });
      const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
      return {
        async line() {
          const next = await lines.next();
          if (next.done) throw new Error(`${command} exited without further output`);
          return next.value;
        },
        say: (line) => void child.stdin.write(`${line}\n`),
      };
    },
  };
}

/** `npx` for the one package that the documents use, which is not in a registry. */
async function installNpx(directory: string): Promise<string> {
  const bin = join(directory, 'bin');
  const script = join(programDirectory(), 'bin/ostiary.mjs');
  const program = [process.execPath, ...quickWasm, script].join(' ');
  await mkdir(bin);
  await writeFile(join(bin, 'npx'), `#!/bin/sh\nshift\nexec ${program} "$@"\n`);
  await chmod(join(bin, 'npx'), 0o755);
  return bin;
}

/** The shell and its child processes. */
function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // All of them have exited.
  }
}
