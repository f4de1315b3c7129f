// Measures how many bytes the server allocates for one round of a flow. The server is a process of its own, so
// the client's objects do not count; the rounds are sequential, so the figures do not depend on the load of
// the machine. Time is not measured.
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { CleanUp } from '#test/support/services/databases.ts';
import { openConnection, type LoadConnection } from '#bench/load/connection.ts';
import { productSettings } from '#bench/load/load.ts';
import type { Flow, Materials } from '#bench/load/flow.ts';
import { prepareMaterials, register, signInAll } from '#bench/load/materials.ts';
import { loadFlows } from '#bench/load/scripts.ts';
import { findAddress } from '#bench/load/servers.ts';
import type { AllocationOrder } from './report-allocations.ts';

const root = new URL('../..', import.meta.url);
const people = 4;
/** After these rounds, V8 has compiled what runs often, and most sizes are stable. */
const warmUpRounds = 200;
const rounds = 60;
/** The batch with the fewest bytes counts, because timers of the server occasionally allocate. */
const batches = 2;
const startAttempts = 5;

export interface AllocationStores {
  readonly databaseUrl: string;
  readonly redisUrl: string;
}

/** @returns kilobytes per round by flow */
export async function measureAllocations(
  t: CleanUp,
  { databaseUrl, redisUrl }: AllocationStores,
  flows: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const address = await findAddress();
  const settings = productSettings({
    PORT: String(address.port),
    ISSUER: address.issuer,
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl,
    DATA_DIRECTORY: join(tmpdir(), `ostiary-allocations-${address.port}`),
    LOG_LEVEL: 'error',
  });
  const registered = await register(settings, people);
  const child = await startReporting(t, address.port, settings);
  const server = { ...address, name: 'ostiary', pid: child.pid ?? 0, core: undefined } as const;
  const signedIn = await signInAll(t, server, registered);
  const connection = await openConnection(address.port);
  const measured = new Map<string, number>();
  for (const name of flows) {
    const flow = loadFlows[name];
    if (!flow) throw new Error(`Unknown flow "${name}".`);
    const materials = await prepareMaterials(signedIn, flow);
    measured.set(name, await measureFlow(child, connection, flow, materials));
  }
  connection.close();
  return measured;
}

/** A server that could not reach its stores in time exits, and is started again. */
async function startReporting(
  t: CleanUp,
  port: number,
  settings: Readonly<Record<string, string>>,
): Promise<ChildProcess> {
  for (let left = startAttempts; left > 0; left -= 1) {
    const child = forkServer(t, settings);
    if (await isReadyAt(port, child)) return child;
  }
  throw new Error('The server did not become ready.');
}

function forkServer(t: CleanUp, settings: Readonly<Record<string, string>>): ChildProcess {
  const preload = new URL('report-allocations.ts', import.meta.url).href;
  const child = fork(new URL('bin/start.mjs', root), {
    cwd: root,
    // A large young generation: collections are rare.
    execArgv: ['--min-semi-space-size=64', '--max-semi-space-size=64', '--import', preload],
    env: { ...process.env, NODE_ENV: '', ...settings },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  t.after(async () => {
    const exited = once(child, 'exit');
    if (child.exitCode === null && child.signalCode === null && child.kill()) await exited;
  });
  return child;
}

/** False if the server has ended. */
async function isReadyAt(port: number, child: ChildProcess): Promise<boolean> {
  while (child.exitCode === null && child.signalCode === null) {
    try {
      if ((await fetch(`http://localhost:${port}/health/ready`)).ok) return true;
    } catch {
      // It does not listen yet.
    }
    await pause(100);
  }
  return false;
}

async function measureFlow(
  child: ChildProcess,
  connection: LoadConnection,
  flow: Flow,
  materials: Materials,
): Promise<number> {
  let turn = 0;
  const play = async (count: number) => {
    for (let round = 0; round < count; round += 1) {
      await playOnce(connection, flow, materials, turn % people);
      turn += 1;
    }
  };
  await play(warmUpRounds);
  const batchBytes: number[] = [];
  while (batchBytes.length < batches) {
    await ask(child, 'begin');
    await play(rounds);
    batchBytes.push(await ask(child, 'end'));
  }
  return Math.min(...batchBytes) / rounds / 1024;
}

/** A server that is busy with something else answers 503, and is asked again. */
async function playOnce(
  connection: LoadConnection,
  flow: Flow,
  materials: Materials,
  user: number,
): Promise<void> {
  const script = flow.round(materials, user);
  let step = script.next();
  while (!step.done) {
    const answer = await connection.exchange(step.value);
    if (answer.status === 503) await pause(200);
    else step = script.next(answer);
  }
}

async function ask(child: ChildProcess, order: AllocationOrder): Promise<number> {
  const answered = once(child, 'message');
  child.send(order);
  const [bytes] = await answered;
  return Number(bytes);
}
