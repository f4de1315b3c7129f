// Combines the metrics of all worker processes, over the channel between the primary and its workers. A
// worker that does not respond in time is left out, and counted as missing.
import cluster, { type Worker } from 'node:cluster';
import type { Metrics } from './metrics.ts';
import {
  createPrometheusMetrics,
  renderScraped,
  sumTotals,
  type PrometheusMetrics,
  type Scraped,
} from './prometheus-metrics.ts';

interface Request {
  readonly ostiary: 'scrape';
  readonly id: number;
  readonly isShared: boolean;
}

interface Answer {
  readonly ostiary: 'scraped';
  /** Absent if the worker is about to exit and these are its last metrics. */
  readonly id?: number;
  readonly metrics: Scraped;
}

/** Longer than the time limit of a collector in a worker. */
const answerMilliseconds = 2000;

/** In a worker: responds to the scrapes of the primary until the process exits. */
export function answerScrapes(metrics: PrometheusMetrics): void {
  process.on('message', (message: unknown) => {
    if (!isRequest(message)) return;
    const { id, isShared } = message;
    // Without a response, the primary counts this worker as missing.
    const answer = async () => send({ id, metrics: await metrics.scrape({ isShared }) });
    answer().catch(() => undefined);
  });
}

/**
 * In a worker that exits as planned: sends its last metrics, so that nothing counted since the last scrape is
 * lost.
 */
export async function sendLastMetrics(metrics: PrometheusMetrics): Promise<void> {
  await send({ metrics: await metrics.scrape({ isShared: false }) });
}

/** Resolves when the message was sent or cannot be sent, because the primary has ended. */
async function send(answer: Omit<Answer, 'ostiary'>): Promise<void> {
  const message: Answer = { ostiary: 'scraped', ...answer };
  await new Promise<void>((resolve) => {
    if (!process.connected || !process.send) return resolve();
    process.send(message, undefined, undefined, () => resolve());
  });
}

/** In the primary: the metrics of all workers as text. */
export async function createWorkerScrape(): Promise<() => Promise<string>> {
  const own = await createPrometheusMetrics();
  const waiting = new Map<number, (metrics: Scraped) => void>();
  const totals = keepTotals(waiting);
  const unanswered = countWorkers(own);
  const isListening = followListening();
  /** Workers that did not respond to the last scrape. */
  const silent = new Set<number>();
  let lastId = 0;

  async function ask(worker: Worker, isShared: boolean): Promise<Scraped | undefined> {
    const id = (lastId += 1);
    const { promise, resolve } = Promise.withResolvers<Scraped | undefined>();
    const timer = setTimeout(() => resolve(undefined), answerMilliseconds);
    waiting.set(id, resolve);
    const request: Request = { ostiary: 'scrape', id, isShared };
    worker.send(request, (error) => error && resolve(undefined));
    const metrics = await promise;
    clearTimeout(timer);
    waiting.delete(id);
    silent.delete(worker.id);
    if (metrics) return metrics;
    silent.add(worker.id);
    unanswered();
    return undefined;
  }

  return async function scrapeWorkers() {
    const workers = liveWorkers().filter(({ id }) => isListening(id));
    // A worker that did not respond last time might omit the shared facts again.
    const reader = workers.find(({ id }) => !silent.has(id)) ?? workers[0];
    const scraped = await Promise.all(
      workers.map(
        async (worker) =>
          (await ask(worker, worker === reader)) ?? (await totals.ofWorker(worker.id)),
      ),
    );
    const ownMetrics = await own.scrape({ isShared: true });
    return renderScraped([...scraped, await totals.ofEnded(), ownMetrics]);
  };
}

/** A starting worker has nothing to report yet and would not respond. */
function followListening(): (worker: number) => boolean {
  const listening = new Set<number>();
  cluster.on('listening', ({ id }) => void listening.add(id));
  cluster.on('disconnect', ({ id }) => void listening.delete(id));
  return (worker) => listening.has(worker);
}

function liveWorkers(): Worker[] {
  return Object.values(cluster.workers ?? {}).filter(
    (worker) => worker?.isConnected() === true,
  ) as Worker[]; // `undefined` is not connected
}

/** Defines the metrics of the primary. Returns a function that counts a worker that did not respond. */
export function countWorkers(metrics: Metrics): () => void {
  const workers = metrics.gauge({
    name: 'ostiary_workers',
    help: 'Worker processes that are running.',
    labels: {},
  });
  metrics.collect({
    source: 'workers',
    gauges: [workers],
    read: liveWorkers,
    set: ({ length }) => workers.set({}, length),
  });
  const unanswered = metrics.counter({
    name: 'ostiary_scrape_unanswered_total',
    help: 'Worker processes that did not answer a scrape in time; their gauges are left out.',
    labels: {},
  });
  return () => unanswered.add({});
}

/**
 * Receives the responses. A total must never decrease, so the totals of exited workers are kept: those that
 * the worker sent before it exited, or those of the last scrape, which are also used for a worker that does
 * not respond.
 */
function keepTotals(waiting: ReadonlyMap<number, (metrics: Scraped) => void>) {
  const newest = new Map<number, Scraped>();
  let ended: Promise<Scraped> = Promise.resolve([]);
  cluster.on('message', ({ id: worker }: Worker, message: unknown) => {
    if (!isAnswer(message)) return;
    newest.set(worker, message.metrics);
    if (message.id !== undefined) waiting.get(message.id)?.(message.metrics);
  });
  // Emitted after the last message of the worker, whereas the exit of the process may precede that message.
  cluster.on('disconnect', ({ id: worker }) => {
    const last = newest.get(worker);
    newest.delete(worker);
    if (last) ended = ended.then((before) => sumTotals([before, last]));
  });
  return {
    ofEnded: () => ended,
    async ofWorker(worker: number): Promise<Scraped> {
      const last = newest.get(worker);
      return last ? sumTotals([last]) : [];
    },
  };
}

function isRequest(message: unknown): message is Request {
  return hasTag(message) && message.ostiary === 'scrape';
}

function isAnswer(message: unknown): message is Answer {
  return hasTag(message) && message.ostiary === 'scraped';
}

function hasTag(message: unknown): message is { readonly ostiary: unknown } {
  return typeof message === 'object' && message !== null && 'ostiary' in message;
}
