// The load generator, a separate process: every connection sends its next request as soon as the
// response to the previous one has arrived (a closed loop). It reports the start and end of the
// measurement, so that the parent can read the processor time of the server at those moments.
import { setTimeout as pause } from 'node:timers/promises';
import { openConnection } from './connection.ts';
import { loadFlows, type Materials } from './scripts.ts';

export interface GeneratorOrder {
  readonly flow: string;
  readonly port: number;
  readonly connections: number;
  readonly warmUpSeconds: number;
  readonly seconds: number;
  readonly materials: Materials;
}

export interface GeneratorResult {
  readonly requests: number;
  /**
   * 503 responses, after each of which the same request is repeated; not included in `requests`.
   */
  readonly refused: number;
  readonly seconds: number;
  readonly medianMs: number;
  readonly p99Ms: number;
  /** Processor time of the generator during the measurement. */
  readonly ownCpuSeconds: number;
}

export type GeneratorMessage =
  | { readonly event: 'measuring' }
  | { readonly event: 'measured'; readonly result: GeneratorResult };

const tell = (message: GeneratorMessage) => process.send?.(message);

// Sound: only fork() in run-flow.ts starts this file, and it sends one order.
process.once('message', (order) => void generate(order as GeneratorOrder));

async function generate(order: GeneratorOrder): Promise<void> {
  const { connections, warmUpSeconds, seconds } = order;
  const run: Run = { isOver: false, isMeasuring: false, refused: 0, milliseconds: [] };
  const loops = Array.from({ length: connections }, (_, index) => keepAsking(order, index, run));

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
      requests: run.milliseconds.length,
      refused: run.refused,
      seconds: measuredSeconds,
      ...percentiles(run.milliseconds),
      ownCpuSeconds: (user + system) / 1e6,
    },
  });
  run.isOver = true;
  await Promise.all(loops);
  process.disconnect();
}

interface Run {
  isOver: boolean;
  isMeasuring: boolean;
  refused: number;
  readonly milliseconds: number[];
}

async function keepAsking(order: GeneratorOrder, index: number, run: Run): Promise<void> {
  const flow = loadFlows[order.flow];
  if (!flow) throw new Error(`Unknown flow ${order.flow}.`);
  const connection = await openConnection(order.port);
  const script = flow.start(order.materials, index);
  let request = script.next().value;
  while (!run.isOver) {
    const sentAt = performance.now();
    const answer = await connection.exchange(request);
    if (answer.status === 503) {
      if (run.isMeasuring) run.refused += 1;
      continue;
    }
    if (run.isMeasuring) run.milliseconds.push(performance.now() - sentAt);
    request = script.next(answer).value;
  }
  connection.close();
}

function percentiles(milliseconds: readonly number[]) {
  const sorted = milliseconds.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
  return { medianMs: at(0.5), p99Ms: at(0.99) };
}
