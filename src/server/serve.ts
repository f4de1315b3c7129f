// Runs the server: in one process, or as a primary that keeps several workers alive. Shuts down
// gracefully: accepts no new requests, finishes those in progress, then closes the connections.
import cluster from 'node:cluster';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type Koa from 'koa';
import type { Config } from '#config/config.ts';
import type { Log } from '#platform/logging/log.ts';
import { listenForCommands } from '#cli/remote.ts';
import { createApp } from './app.ts';
import { startBackgroundJobs } from './lifecycle/background-jobs.ts';
import { buildSite } from '#features/documentation-site/site-build.ts';
import { joinCluster } from './lifecycle/cluster.ts';
import { openServices, type Services } from './composition.ts';
import { openMetrics, serveWorkerMetrics, type ServedMetrics } from './metrics/serve-metrics.ts';
import { createListeners, type Listeners } from './listeners/listeners.ts';
import { readTlsFiles, type TlsIdentity } from './listeners/tls-files.ts';
import { renewForever } from './listeners/tls-renewal.ts';
import { openTracing } from './tracing/open-tracing.ts';
import { awaitReplacement, replaceWorkersOnHangup } from './lifecycle/worker-replacement.ts';
import { announceStart, type StartTerminal } from './lifecycle/start-message.ts';

export interface ServeOptions {
  readonly config: Config;
  readonly log: Log;
  /** Shows messages for the operator on standard output; the log goes to standard error. */
  readonly terminal: StartTerminal;
}

export async function serve(options: ServeOptions): Promise<void> {
  // Read before any worker starts, so that unusable files are reported only once.
  const identity = await readTlsFiles(options.config);
  if (options.config.workers > 1 && cluster.isPrimary) return keepWorkers(options);
  return serveHere(options, identity);
}

async function serveHere(
  { config, log, terminal }: ServeOptions,
  identity: TlsIdentity | undefined,
): Promise<void> {
  const metrics = await openMetrics({ config, log });
  const tracing = await openTracing(config, log);
  const services = await openServices({ config, log, now, metrics: metrics.kept, tracing });
  const stop = new AbortController();
  let isReplaced = false;
  // A replaced worker stops without making the node unready.
  const app = await openApp(services, () => stop.signal.aborted && !isReplaced);
  const handle = app.callback();
  const listeners = createListeners({
    config,
    identity,
    handle: (req, res) => void handle(req, res),
    isStopping: () => stop.signal.aborted,
  });
  releaseStartMemory();
  await openPorts(listeners, metrics, services);
  const commands = await listenForCommands(services);
  const { signal } = stop;
  const read = () => readTlsFiles(config);
  const renewal = { hosts: config, read, use: listeners.use, metrics: metrics.kept, log, now };
  const jobs = [
    ...startBackgroundJobs(services, signal),
    ...(identity ? [renewForever({ ...renewal, identity, signal })] : []),
  ];
  const hearing = services.invalidation.listen();
  // Registered before the ready message, so that a signal sent after it shuts down gracefully.
  const stopping = stopRequested(log);
  await announceStart(services, terminal);
  // Built in advance for developers, who may open it soon; otherwise, the first request builds it.
  if (config.developmentPages && terminal.isTerminal) void buildSite(log);

  await Promise.race([stopping, awaitReplacement().then(() => (isReplaced = true))]);
  stop.abort();
  await pause(stopGraceMilliseconds);
  await listeners.drain(config.stopSeconds);
  await Promise.all([...jobs, commands.close(), hearing.close()]);
  await services.auditChain.sealTheRest();
  await services.close();
  await Promise.all([metrics.close(), tracing?.close()]);
  log.info({ event: 'server.stopped' }, 'stopped');
  // The IPC channel to the primary would keep the worker alive.
  if (cluster.isWorker) process.disconnect();
}

/**
 * Compilation leaves about 20 MB of garbage that an idle process neither collects nor returns to
 * the system, and 2 MB of code that only the start needed; V8 compiles what is needed again. Runs before the
 * first request, because it takes a moment.
 */
function releaseStartMemory(): void {
  setFlagsFromString('--expose-gc');
  setFlagsFromString('--bytecode-old-age=1');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect === 'function') collect({ flavor: 'last-resort' });
  setFlagsFromString(`--bytecode-old-age=${usualCodeAge}`);
}

/** After this many collections without a use, V8 drops code; its own default. */
const usualCodeAge = 6;

/** Open connections and ports would keep a process alive that cannot serve. */
async function openPorts(listeners: Listeners, metrics: ServedMetrics, { close }: Services) {
  try {
    await listeners.listen();
    await metrics.serve();
  } catch (error) {
    listeners.close();
    await close();
    throw error;
  }
}

function now(): Date {
  return new Date();
}

async function openApp(services: Services, isStopping: () => boolean): Promise<Koa> {
  try {
    await joinCluster(services);
    return await createApp({ services, isStopping });
  } catch (error) {
    // Open connections would keep a process alive that cannot serve.
    await services.close();
    throw error;
  }
}

/** Resolves at the first signal; a second signal kills the process. */
async function stopRequested(log: Log): Promise<void> {
  const signal = await new Promise<NodeJS.Signals>((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });
  log.info({ event: 'server.stopping', signal }, 'finishing requests in progress');
  // Not process.exit, which would wait for the log to be flushed even if its reader has stopped.
  const quit = (): void => void process.kill(process.pid, 'SIGKILL');
  process.once('SIGTERM', quit);
  process.once('SIGINT', quit);
}

/** The primary only supervises: it opens no connections and serves no requests. */
async function keepWorkers({ config, log }: ServeOptions): Promise<void> {
  let stopping = false;
  const closeMetrics = await serveWorkerMetrics({ config, log });
  const { stopSeconds } = config;
  const isStopping = () => stopping;
  const ports = config.clientCertificatePort === undefined ? 1 : 2;
  const replacement = replaceWorkersOnHangup({ log, stopSeconds, isStopping, ports });
  for (let count = 0; count < config.workers; count += 1) cluster.fork();
  cluster.on('exit', (worker, code) => {
    if (stopping || replacement.expects(worker)) return;
    log.error({ event: 'worker.ended', worker: worker.id, exitCode: code }, 'starting another one');
    setTimeout(() => cluster.fork(), respawnMilliseconds);
  });
  await stopRequested(log);
  stopping = true;
  const workers = Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined);
  const ended = workers.map((worker) => once(worker, 'exit'));
  for (const worker of workers) worker.process.kill('SIGTERM');
  await Promise.all(ended);
  await closeMetrics();
}

/**
 * Time for proxies to notice that the node is not ready, and for keep-alive connections to be
 * closed in order.
 */
const stopGraceMilliseconds = 1000;

/** A worker that cannot start must not be restarted in a tight loop. */
const respawnMilliseconds = 1000;
