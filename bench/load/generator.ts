// The load generator, a separate process. It reports the start and end of the measurement, so that the
// parent can read the processor time of the server at those moments.
import { setTimeout as pause } from 'node:timers/promises';
import { startArrivals, type Play, type Run } from './arrivals.ts';
import { openConnection, type LoadConnection } from './connection.ts';
import type { Flow, Materials, ServerName } from './flow.ts';
import { loadFlows } from './scripts.ts';

export interface GeneratorOrder {
  readonly flow: string;
  readonly port: number;
  readonly connections: number;
  /**
   * Rounds per second, at regular intervals, whether or not earlier ones are complete (open loop). Without it,
   * each connection begins its next round as soon as the last one is complete (closed loop).
   */
  readonly arrivalsPerSecond?: number;
  readonly warmUpSeconds: number;
  readonly seconds: number;
  readonly materials: Materials;
  readonly server: ServerName;
}

export interface GeneratorResult {
  readonly rounds: number;
  /** 503 responses, after each of which the same request is repeated. */
  readonly refused: number;
  readonly seconds: number;
  /** In an open loop, counted from the moment at which the round was due. */
  readonly medianMs: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  /** Processor time of the generator during the measurement. */
  readonly ownCpuSeconds: number;
}

export type GeneratorMessage =
  | { readonly event: 'measuring' }
  | { readonly event: 'measured'; readonly result: GeneratorResult }
  | { readonly event: 'failed'; readonly reason: string };

const tell = (message: GeneratorMessage) => process.send?.(message);

// Sound: only fork() in run-flow.ts starts this file, and it sends one order.
process.once('message', (order) => void report(order as GeneratorOrder));

async function report(order: GeneratorOrder): Promise<void> {
  try {
    await generate(order);
  } catch (error) {
    tell({ event: 'failed', reason: error instanceof Error ? error.message : String(error) });
  }
  process.disconnect();
}

async function generate(order: GeneratorOrder): Promise<void> {
  const { warmUpSeconds, seconds, connections } = order;
  const run: Run = { isOver: false, isMeasuring: false, refused: 0, milliseconds: [] };
  const opened = await Promise.all(
    Array.from({ length: connections }, () => openConnection(order.port)),
  );
  const play = createPlayer(order, run);
  const loops =
    order.arrivalsPerSecond === undefined
      ? opened.map((connection, index) =>
          keepAsking(connection, { index, step: connections }, play, run),
        )
      : [startArrivals(opened, order.arrivalsPerSecond, play, run)];

  await Promise.race([pause(warmUpSeconds * 1000), ...loops]);
  run.isMeasuring = true;
  tell({ event: 'measuring' });
  const startedAt = performance.now();
  const cpuBefore = process.cpuUsage();
  await Promise.race([pause(seconds * 1000), ...loops]);
  run.isMeasuring = false;
  const measuredSeconds = (performance.now() - startedAt) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  tell({
    event: 'measured',
    result: {
      rounds: run.milliseconds.length,
      refused: run.refused,
      seconds: measuredSeconds,
      ...percentiles(run.milliseconds),
      ownCpuSeconds: (user + system) / 1e6,
    },
  });
  run.isOver = true;
  await Promise.all(loops);
  for (const connection of opened) connection.close();
}

function createPlayer({ flow: name, server, materials }: GeneratorOrder, run: Run): Play {
  const flow: Flow | undefined = loadFlows[name];
  if (!flow) throw new Error(`Unknown flow ${name}.`);
  const round = flow.roundAt?.[server] ?? flow.round;
  const users = Math.max(materials.people.length, 1);

  return async (connection, user) => {
    const script = round(materials, user % users);
    let step = script.next();
    while (!step.done) {
      const answer = await connection.exchange(step.value);
      if (answer.status !== 503) step = script.next(answer);
      else if (run.isMeasuring) run.refused += 1;
    }
  };
}

/** Each connection has its own users, because a refresh token is used once. */
async function keepAsking(
  connection: LoadConnection,
  { index, step }: { readonly index: number; readonly step: number },
  play: Play,
  run: Run,
): Promise<void> {
  for (let user = index; !run.isOver; user += step) {
    const sentAt = performance.now();
    await play(connection, user);
    if (run.isMeasuring) run.milliseconds.push(performance.now() - sentAt);
  }
}

function percentiles(milliseconds: readonly number[]) {
  const sorted = Float64Array.from(milliseconds).toSorted();
  const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
  return { medianMs: at(0.5), p99Ms: at(0.99), p999Ms: at(0.999) };
}
