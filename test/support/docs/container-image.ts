// The container image without Docker: its files in a directory, and the process that it starts.
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { access, cp, mkdir, readFile, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { TestContext } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { execForm, readContext, readDockerfile, textsOf } from '#test/support/docs/dockerfile.ts';
import { runProgram } from '#test/support/package.ts';
import { createDirectory } from '#test/support/services/databases.ts';
import { killAtExit } from '#test/support/services/kill-at-exit.ts';
import { startupSeconds } from '#test/support/services/start-patiently.ts';

const root = join(import.meta.dirname, '../../..');

/** Creates a directory with the files of the image, as its last stage copies them, and its production packages. */
export async function layOut(t: TestContext): Promise<string> {
  const build = await createDirectory(t);
  for (const name of readContext()) {
    await cp(join(root, name), join(build, name), { recursive: true });
  }
  await symlink(join(root, 'node_modules'), join(build, 'node_modules'));
  const program = join(build, 'deploy/package/build.ts');
  runProgram(process.execPath, [program, '--without-site'], { cwd: build });

  const directory = await createDirectory(t);
  for (const name of copiedByLastStage()) {
    await cp(join(build, name), join(directory, name), { recursive: true });
  }
  for (const path of await listPackages()) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await symlink(join(root, path), join(directory, path));
  }
  return directory;
}

/** Files of the context, and of the stage that builds. */
function copiedByLastStage(): readonly string[] {
  const instructions = readDockerfile();
  const last = instructions.findLastIndex(({ name }) => name === 'FROM');
  const copies = instructions.slice(last).filter(({ name }) => name === 'COPY');
  return copies
    .filter(({ text }) => !text.startsWith('--from=dependencies '))
    .flatMap(({ text }) => text.replace('--from=build ', '').split(' ').slice(0, -1))
    .map((name) => name.replace(/^\/app\//, ''));
}

async function listPackages(): Promise<readonly string[]> {
  // Written by npm: package paths, with a mark on development packages.
  const { packages } = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { dev?: boolean }>;
  };
  const paths = Object.entries(packages).filter(([path, { dev }]) => isTopLevel(path) && !dev);
  const kept = paths.map(([path]) => path).filter((path) => !path.includes('/node-linux-'));
  const there = await Promise.all(kept.map((path) => readable(join(root, path, 'package.json'))));
  return kept.filter((_, position) => there[position]);
}

function isTopLevel(path: string): boolean {
  return path.lastIndexOf('node_modules/') === 0;
}

function run(command: string, cwd: string, env: Readonly<Record<string, string>>): ChildProcess {
  const [program, ...options] = execForm(command);
  assert.equal(program, 'node');
  // A process group of its own, so that workers that outlive their parent can be ended too.
  return spawn(process.execPath, options, { cwd, env, stdio: 'ignore', detached: true });
}

/** Returns the exit code; throws if the process does not end within the stop period of compose. */
export async function exitOf(child: ChildProcess): Promise<unknown> {
  const [code]: unknown[] = await once(child, 'exit', { signal: AbortSignal.timeout(15_000) });
  return code;
}

function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // The whole process group has exited.
  }
}

/**
 * Starts the server and waits until it passes the health check. On a busy machine it may exit, as
 * the database does not respond in time; it is then started again, as by the container runtime.
 */
export async function startAlive(
  t: TestContext,
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<ChildProcess> {
  const begun = performance.now();
  let server: ChildProcess | undefined;
  do {
    if (server?.exitCode !== null) {
      const started = run(textsOf('CMD').join(), cwd, env);
      const release = killAtExit(() => killGroup(started));
      t.after(() => {
        release();
        killGroup(started);
      });
      server = started;
    }
    if ((await exitOf(run(textsOf('HEALTHCHECK').join(), cwd, env))) === 0) return server;
    await pause(200);
  } while (performance.now() - begun < startupSeconds * 1000);
  return assert.fail('The server does not pass the health check');
}

export function readable(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
