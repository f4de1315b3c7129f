// Runs one flow against one server: starts the generator and reads the processor time of all
// processes.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readBusySeconds } from '#bench/machine.ts';
import { findProcesses, listTree, readCpuSeconds } from '#bench/processes.ts';
import type { GeneratorMessage, GeneratorOrder, GeneratorResult } from './generator.ts';
import type { Materials } from './flow.ts';
import { loadFlows } from './scripts.ts';
import type { LoadServer } from './servers.ts';

export interface FlowFigures {
  /** Rounds of the flow per second; a password sign-in is one round of four requests. */
  readonly perSecond: number;
  /** Microseconds of processor time per round. */
  readonly serverCpu: number;
  readonly postgresCpu: number;
  readonly redisCpu: number;
  readonly medianMs: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  /** Rounds measured, and requests with a 503 response. */
  readonly rounds: number;
  readonly refused: number;
  /** Share of one core that the generator used: above 0.8, the generator limits the rate. */
  readonly generatorShare: number;
  /** Share of the server's core that other processes used; 0 if the server has no core of its own. */
  readonly foreignShare: number;
}

type Times = Readonly<Record<'server' | 'postgres' | 'redis' | 'core', number>>;

export interface FlowOrder extends Omit<GeneratorOrder, 'port' | 'server' | 'materials'> {
  /** Prepares new materials for each attempt, because an attempt uses up the refresh tokens. */
  prepare(): Promise<Materials>;
}

/**
 * On a machine with much other load, a measurement may end without a complete round. It is then repeated,
 * for twice as long each time.
 */
const attempts = 5;

/** @throws Error if a response was wrong */
export async function runFlow(server: LoadServer, order: FlowOrder): Promise<FlowFigures> {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const { prepare, ...rest } = order;
    const materials = await prepare();
    const seconds = order.seconds * 2 ** attempt;
    const figures = await runOnce(server, { ...rest, materials, seconds });
    if (figures.rounds > 0) return figures;
  }
  throw new Error(`"${order.flow}" at ${server.name}: no round was completed.`);
}

async function runOnce(
  server: LoadServer,
  order: Omit<GeneratorOrder, 'port' | 'server'>,
): Promise<FlowFigures> {
  const generator = fork(new URL('generator.ts', import.meta.url));
  const exited = once(generator, 'exit');
  const described = `"${order.flow}" at ${server.name}`;
  /** Rejects if the generator exits first, or if a response was wrong. */
  async function nextMessage(): Promise<GeneratorMessage> {
    const arrived = once(generator, 'message');
    const [message] = await Promise.race([arrived, exited.then(() => [undefined])]);
    if (message === undefined) throw new Error(`The generator of ${described} ended.`);
    const told = message as GeneratorMessage; // the generator sends nothing else
    if (told.event === 'failed') throw new Error(`${described}: ${told.reason}`);
    return told;
  }

  try {
    generator.send({ ...order, port: portOf(server, order.flow), server: server.name });
    await nextMessage();
    const before = readTimes(server);
    const measured = await nextMessage();
    const after = readTimes(server);
    if (measured.event !== 'measured') throw new Error(`Unexpected message: ${measured.event}`);
    await exited;
    return figuresOf(measured.result, before, after, server.core !== undefined);
  } finally {
    generator.kill();
  }
}

function portOf({ port, internalPort }: LoadServer, flow: string): number {
  return loadFlows[flow]?.isInternal ? (internalPort ?? port) : port;
}

function readTimes({ pid, core }: LoadServer): Times {
  const sum = (pids: readonly number[]) =>
    pids.reduce((total, each) => total + readCpuSeconds(each), 0);
  return {
    core: core === undefined ? 0 : readBusySeconds(core),
    server: sum(listTree(pid)),
    postgres: sum(findProcesses(process.pid, /\bpostgres\b/)),
    redis: sum(findProcesses(process.pid, /redis-server|valkey-server/)),
  };
}

function figuresOf(
  { rounds, refused, seconds, medianMs, p99Ms, p999Ms, ownCpuSeconds }: GeneratorResult,
  before: Times,
  after: Times,
  hasOwnCore: boolean,
): FlowFigures {
  const used = (name: keyof Times) => after[name] - before[name];
  const perRound = (name: keyof Times) => (used(name) * 1e6) / rounds;
  const foreign = (used('core') - used('server')) / seconds;
  return {
    perSecond: rounds / seconds,
    serverCpu: perRound('server'),
    postgresCpu: perRound('postgres'),
    redisCpu: perRound('redis'),
    medianMs,
    p99Ms,
    p999Ms,
    rounds,
    refused,
    generatorShare: ownCpuSeconds / seconds,
    foreignShare: hasOwnCore ? Math.max(foreign, 0) : 0,
  };
}
