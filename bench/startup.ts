// Measures how long the server takes until it responds, and its memory use when idle: as `npm start` in a
// working copy, and as the npm package and the container image run it. The figures are shown next to
// the goals but not enforced, because they depend on the machine; of a busy one, only the processor
// time and the memory say something.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, readdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import type { CleanUp } from '#test/support/services/databases.ts';
import { readLoadAverage } from './machine.ts';
import { findFreePort, findProcesses, readCpuSeconds, readResidentMb } from './processes.ts';
import type { BenchServices } from './services.ts';
import { formatTable } from './table.ts';

const idleMilliseconds = 5000;
const root = join(import.meta.dirname, '..');

interface Start {
  readonly name: string;
  readonly settings: Readonly<Record<string, string>>;
  /** The program that deploy/package/build.ts makes, instead of the sources. */
  readonly isBuilt?: boolean;
  readonly readySecondsGoal?: number;
  readonly residentMbGoal?: number;
}

/** Disables the compile cache, as on the first start after installation. */
const fresh = { NODE_DISABLE_COMPILE_CACHE: '1' };

export interface StartResult {
  readonly name: string;
  readonly readySeconds: number;
  /** Processor time until it is ready, of all threads. */
  readonly cpuSeconds?: number;
  readonly residentMb: number;
  readonly readySecondsGoal?: number;
  readonly residentMbGoal?: number;
}

export interface StartResults {
  /** ISO 8601. */
  readonly measuredAt: string;
  readonly loadAverage: number;
  readonly starts: readonly StartResult[];
}

export async function measureStarts(services: BenchServices, t: CleanUp): Promise<StartResults> {
  const embedded = { DATABASE_URL: '', REDIS_URL: '', ...(await placeIn(services, 'embedded')) };
  const external = {
    DATABASE_URL: await services.createDatabase(),
    REDIS_URL: services.redisUrl,
    ...(await placeIn(services, 'external')),
  };
  const starts: readonly Start[] = [
    { name: 'embedded, first start', settings: { ...embedded, ...fresh } },
    { name: 'embedded, later start', settings: embedded, readySecondsGoal: 5 },
    { name: 'PostgreSQL and Redis, first start', settings: { ...external, ...fresh } },
    {
      name: 'PostgreSQL and Redis, later start',
      settings: external,
      readySecondsGoal: 1.5,
      residentMbGoal: 130,
    },
    { name: 'package or image, first start', settings: { ...external, ...fresh }, isBuilt: true },
    {
      name: 'package or image, later start',
      settings: external,
      isBuilt: true,
      readySecondsGoal: 1,
      residentMbGoal: 110,
    },
  ];
  const built = await layOutPackage(services);
  const measured: StartResult[] = [];
  for (const start of starts) {
    measured.push(await measure(t, start, start.isBuilt === true ? built : root));
  }
  const measuredAt = new Date().toISOString();
  return { measuredAt, loadAverage: readLoadAverage(), starts: measured };
}

export function describeStarts({ starts }: StartResults): string {
  const rows = starts.map(({ name, readySeconds, cpuSeconds, residentMb, ...goals }) => [
    name,
    compare(readySeconds, 's', goals.readySecondsGoal),
    cpuSeconds === undefined ? '' : `${cpuSeconds.toFixed(2)} s`,
    compare(residentMb, 'MB', goals.residentMbGoal),
  ]);
  return formatTable([['start', 'ready', 'processor time', 'memory when idle'], ...rows]);
}

/** A directory with what an installation of the package has. */
async function layOutPackage({ directory }: BenchServices): Promise<string> {
  const program = join(directory, 'program');
  await cp(join(root, 'bin'), join(program, 'bin'), { recursive: true });
  await cp(join(root, 'package.json'), join(program, 'package.json'));
  const build = join(root, 'deploy/package/build.ts');
  const options = ['--without-site', '--out', join(program, 'dist/package')];
  execFileSync(process.execPath, [build, ...options], { stdio: 'inherit' });
  // Not the directory itself, below which the compile cache would be that of the working copy.
  await mkdir(join(program, 'node_modules'));
  for (const name of await readdir(join(root, 'node_modules'))) {
    if (name === '.cache') continue;
    await symlink(join(root, 'node_modules', name), join(program, 'node_modules', name));
  }
  return program;
}

/** A later start reuses the port of the first, because the database is bound to its issuer. */
async function placeIn({ directory }: BenchServices, name: string) {
  const PORT = String(await findFreePort());
  return { PORT, DATA_DIRECTORY: join(directory, name), WORKERS: '1' };
}

async function measure(t: CleanUp, start: Start, cwd: string): Promise<StartResult> {
  const startedAt = performance.now();
  const child = spawn('npm', ['start', '--silent'], {
    cwd,
    env: { ...process.env, NODE_ENV: '', ISSUER: '', ...start.settings },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  t.after(() => end(child));
  try {
    await untilReady(child.stdout, start.settings['PORT']);
    const readySeconds = (performance.now() - startedAt) / 1000;
    const [server] = findServers(child);
    if (server === undefined) throw new Error('The server exited after it was ready.');
    const cpuSeconds = readCpuSeconds(server);
    await pause(idleMilliseconds);
    const residentMb = readResidentMb(server);
    const { settings, isBuilt, ...facts } = start;
    return { ...facts, readySeconds, cpuSeconds, residentMb };
  } finally {
    await end(child);
  }
}

/** The server process, which npm starts through a shell. */
function findServers({ pid }: ChildProcess): readonly number[] {
  return findProcesses(pid ?? 0, /^\S*node\S* .*bin\/start\.mjs/);
}

/** npm does not forward signals, and exits with its child. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  const servers = findServers(child);
  if (servers.length === 0) child.kill();
  for (const server of servers) process.kill(server, 'SIGTERM');
  await exited;
}

async function untilReady(output: NodeJS.ReadableStream, port = ''): Promise<void> {
  for await (const line of createInterface(output)) {
    if (!line.includes(' is ready at ')) continue;
    const { ok } = await fetch(`http://localhost:${port}/health/ready`);
    if (ok) return;
    throw new Error('The server reported that it is ready, but is not.');
  }
  throw new Error('The server exited before it was ready.');
}

function compare(figure: number, unit: string, goal: number | undefined): string {
  const shown = `${figure.toFixed(unit === 's' ? 2 : 0)} ${unit}`;
  if (goal === undefined) return shown;
  return `${shown} (goal ${goal} ${unit}: ${figure <= goal ? 'met' : 'MISSED'})`;
}
