// The metrics of a server process, which exist only if OPS_PORT is set. They are served by this process or,
// with several workers, by the primary.
import cluster from 'node:cluster';
import { version } from '#cli/version.ts';
import type { Config } from '#config/config.ts';
import type { Log } from '#platform/logging/log.ts';
import { collectLogMetrics } from '#platform/metrics/log-metrics.ts';
import { noMetrics, type Metrics } from '#platform/metrics/metrics.ts';
import { collectProcessMetrics } from '#platform/metrics/process-metrics.ts';
import { createPrometheusMetrics, renderScraped } from '#platform/metrics/prometheus-metrics.ts';
import {
  answerScrapes,
  createWorkerScrape,
  sendLastMetrics,
} from '#platform/metrics/worker-metrics.ts';
import { startOpsServer } from './ops-server.ts';

export interface ServeMetricsOptions {
  readonly config: Config;
  readonly log: Log;
}

export interface ServedMetrics {
  readonly kept: Metrics;
  /** @throws AppError `conflict` when another program uses the port */
  serve(): Promise<void>;
  close(): Promise<void>;
}

/** In a process that serves requests. */
export async function openMetrics({ config, log }: ServeMetricsOptions): Promise<ServedMetrics> {
  const { opsHost: host, opsPort: port } = config;
  if (port === undefined) return { kept: noMetrics, serve: nothing, close: nothing };
  const kept = await createPrometheusMetrics();
  collectProcessMetrics(kept, { version });
  collectLogMetrics(kept, log);
  if (cluster.isWorker) {
    answerScrapes(kept);
    return { kept, serve: nothing, close: () => sendLastMetrics(kept) };
  }
  let stop = nothing;
  return {
    kept,
    async serve() {
      const scrape = async () => renderScraped([await kept.scrape({ isShared: true })]);
      stop = (await startOpsServer({ host, port, log, scrape })).close;
    },
    close: () => stop(),
  };
}

/** In the primary: serves the metrics of its workers. Returns a function that ends it. */
export async function serveWorkerMetrics({
  config,
  log,
}: ServeMetricsOptions): Promise<() => Promise<void>> {
  const { opsHost: host, opsPort: port } = config;
  if (port === undefined) return nothing;
  const scrape = await createWorkerScrape();
  return (await startOpsServer({ host, port, log, scrape })).close;
}

async function nothing(): Promise<void> {
  // No metrics are kept.
}
