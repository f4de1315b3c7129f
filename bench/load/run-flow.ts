// Runs one flow against one server: starts the generator and reads the processor time of all
// processes.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { findProcesses, readCpuSeconds } from '#bench/processes.ts';
import type { GeneratorMessage, GeneratorOrder, GeneratorResult } from './generator.ts';
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
  /** Requests with a 503 response. */
  readonly refused: number;
  /** Share of one core that the generator used: above 0.8, the generator limits the rate. */
  readonly generatorShare: number;
}

type CpuTimes = Readonly<Record<'server' | 'postgres' | 'redis', number>>;

export async function runFlow(
  server: LoadServer,
  order: Omit<GeneratorOrder, 'port'>,
): Promise<FlowFigures> {
  const generator = fork(new URL('generator.ts', import.meta.url));
  const exited = once(generator, 'exit');
  /** Rejects if the generator exits first. */
  async function nextMessage(): Promise<GeneratorMessage> {
    const arrived = once(generator, 'message');
    const [message] = await Promise.race([arrived, exited.then(() => [undefined])]);
    if (message === undefined) throw new Error(`The run of "${order.flow}" failed.`);
    // The generator sends nothing else.
    return message as GeneratorMessage;
  }

  try {
    generator.send({ ...order, port: server.port });
    await nextMessage();
    const before = readTimes(server);
    const measured = await nextMessage();
    const after = readTimes(server);
    if (measured.event !== 'measured') throw new Error(`Unexpected message: ${measured.event}`);
    await exited;
    return figuresOf(order.flow, measured.result, before, after);
  } finally {
    generator.kill();
  }
}

function readTimes({ pid }: LoadServer): CpuTimes {
  const sum = (pattern: RegExp) =>
    findProcesses(process.pid, pattern).reduce((total, each) => total + readCpuSeconds(each), 0);
  return {
    server: readCpuSeconds(pid),
    postgres: sum(/\bpostgres\b/),
    redis: sum(/redis-server|valkey-server/),
  };
}

function figuresOf(
  flow: string,
  { requests, refused, seconds, medianMs, p99Ms, ownCpuSeconds }: GeneratorResult,
  before: CpuTimes,
  after: CpuTimes,
): FlowFigures {
  const rounds = requests / (loadFlows[flow]?.requestsPerRound ?? 1);
  const perRound = (name: keyof CpuTimes) => ((after[name] - before[name]) * 1e6) / rounds;
  return {
    perSecond: rounds / seconds,
    serverCpu: perRound('server'),
    postgresCpu: perRound('postgres'),
    redisCpu: perRound('redis'),
    medianMs,
    p99Ms,
    refused,
    generatorShare: ownCpuSeconds / seconds,
  };
}
