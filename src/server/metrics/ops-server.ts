// The listener for operators (OPS_PORT): it serves the metrics, and nothing else. It is separate from the
// public listener, so that a proxy cannot publish the metrics by accident.
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { AppError } from '#platform/errors.ts';
import type { Log } from '#platform/logging/log.ts';
import { scrapedContentType } from '#platform/metrics/prometheus-metrics.ts';

export interface OpsServerOptions {
  readonly host: string;
  readonly port: number;
  readonly log: Log;
  /** The metrics of all processes of this server as text. */
  readonly scrape: () => Promise<string>;
}

export interface OpsServer {
  readonly port: number;
  close(): Promise<void>;
}

/** @throws AppError `conflict` when another program uses the port */
export async function startOpsServer(options: OpsServerOptions): Promise<OpsServer> {
  const { host, port, log } = options;
  const server = createServer({ requestTimeout: 10_000 }, createHandler(options));
  server.listen(port, host);
  await listening(server, port);
  const address = server.address();
  const actual = typeof address === 'object' ? (address?.port ?? port) : port;
  log.info({ event: 'metrics.listening', host, port: actual }, 'serving metrics');
  return {
    port: actual,
    async close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function listening(server: Server, port: number): Promise<void> {
  try {
    await once(server, 'listening');
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE')) throw cause;
    const message = `Another program is using port ${port}. Stop it, or change OPS_PORT.`;
    throw new AppError('conflict', message, { cause });
  }
}

function createHandler({ scrape, log }: OpsServerOptions): RequestListener {
  const scrapeOnce = shareRuns(scrape);

  async function answer(): Promise<{ status: number; type: string; body: string }> {
    try {
      return { status: 200, type: scrapedContentType, body: await scrapeOnce() };
    } catch (err) {
      log.error({ event: 'metrics.failed', err }, 'the metrics could not be read');
      return { status: 500, type: 'text/plain', body: 'The metrics could not be read.\n' };
    }
  }

  return (req, res) => {
    const [path] = (req.url ?? '').split('?');
    if (path !== '/metrics') {
      res.writeHead(404, { 'Content-Type': 'text/plain' }).end('Not found. See /metrics.\n');
      return;
    }
    if (req.method !== 'GET' && req.method !== 'HEAD') {
      res.writeHead(405, { Allow: 'GET, HEAD' }).end();
      return;
    }
    void answer().then(({ status, type, body }) => {
      res.writeHead(status, { 'Content-Type': type, 'Cache-Control': 'no-store' }).end(body);
    });
  };
}

/** Requests that arrive during a scrape share its result. */
function shareRuns<Result>(run: () => Promise<Result>): () => Promise<Result> {
  let running: Promise<Result> | undefined;
  return () =>
    (running ??= run().finally(() => {
      running = undefined;
    }));
}
