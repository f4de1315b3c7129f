// Replaces the workers one by one on SIGHUP, to load new code or key files. A new worker accepts requests
// before an old one stops, so the node serves without interruption.
import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import type { Log } from '#platform/logging/log.ts';

/** The message to a worker that a new one has replaced. */
const replaced = 'replaced';

/** In addition to the time for requests in progress; a worker that hangs is then killed. */
const killAfterMilliseconds = 10_000;

/** A worker that is not listening by then is considered hung. Longer than a start on a busy machine takes. */
const startWithinMilliseconds = 60_000;

export interface WorkerReplacementOptions {
  readonly log: Log;
  readonly stopSeconds: number;
  readonly isStopping: () => boolean;
  /** The number of ports at which a worker accepts requests. */
  readonly ports: number;
}

export interface WorkerReplacement {
  /** True for a worker whose exit is expected, so that it is not restarted. */
  expects(worker: Worker): boolean;
}

/** In the primary process. */
export function replaceWorkersOnHangup(options: WorkerReplacementOptions): WorkerReplacement {
  const { log, isStopping } = options;
  const leaving = new Set<number>();
  let isRunning = false;
  let isRequested = false;

  async function replaceAll(): Promise<void> {
    for (const worker of listWorkers()) {
      if (isStopping()) return;
      if (await replace(worker, leaving, options)) continue;
      // The next worker would fail as well.
      log.error({ event: 'workers.kept' }, 'a new worker did not start; the others are kept');
      return;
    }
    log.info({ event: 'workers.replaced' }, 'all workers are replaced');
  }

  async function run(): Promise<void> {
    isRequested = true;
    if (isRunning) return;
    isRunning = true;
    while (isRequested && !isStopping()) {
      isRequested = false;
      await replaceAll();
    }
    isRunning = false;
  }

  process.on('SIGHUP', () => {
    run().catch((err: unknown) => {
      isRunning = false;
      log.error({ event: 'workers.kept', err }, 'replacing the workers failed');
    });
  });
  return { expects: ({ id }) => leaving.has(id) };
}

/** In a worker: resolves when another worker has replaced it. */
export function awaitReplacement(): Promise<void> {
  return new Promise((resolve) => {
    if (!cluster.isWorker) return;
    process.on('message', (message: unknown) => {
      if (message === replaced) resolve();
    });
  });
}

/** Returns false when the new worker does not start; the old one then stays. */
async function replace(
  worker: Worker,
  leaving: Set<number>,
  { stopSeconds, ports }: WorkerReplacementOptions,
): Promise<boolean> {
  leaving.add(worker.id);
  const next = cluster.fork();
  leaving.add(next.id);
  const isUp = await startsListening(next, ports);
  leaving.delete(next.id);
  if (!isUp) {
    leaving.delete(worker.id);
    if (worker.isDead()) cluster.fork();
    return false;
  }
  await stop(worker, stopSeconds * 1000 + killAfterMilliseconds);
  leaving.delete(worker.id);
  return true;
}

/** A worker that does not start is gone afterwards. */
async function startsListening(worker: Worker, ports: number): Promise<boolean> {
  const ended = once(worker, 'exit').then(() => false);
  const timer = setTimeout(() => worker.process.kill('SIGKILL'), startWithinMilliseconds);
  const isUp = await Promise.race([listensAt(ports, worker), ended]);
  clearTimeout(timer);
  return isUp;
}

async function listensAt(ports: number, worker: Worker): Promise<boolean> {
  let open = 0;
  return new Promise((resolve) => {
    worker.on('listening', () => {
      open += 1;
      if (open === ports) resolve(true);
    });
  });
}

async function stop(worker: Worker, killAfterMs: number): Promise<void> {
  if (worker.isDead()) return;
  const ended = once(worker, 'exit');
  const timer = setTimeout(() => worker.process.kill('SIGKILL'), killAfterMs);
  // The worker may be exiting, and then cannot be reached.
  if (worker.isConnected()) worker.send(replaced, () => undefined);
  await ended;
  clearTimeout(timer);
}

function listWorkers(): readonly Worker[] {
  return Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined);
}
