// Opens the ports on which this process accepts requests, which are PORT, with or without TLS, and
// CLIENT_CERTIFICATE_PORT, and closes them after the requests in progress.
import { once } from 'node:events';
import type { RequestListener, Server } from 'node:http';
import type { Server as SecureServer } from 'node:https';
import type { Duplex } from 'node:stream';
import type { Config } from '#config/config.ts';
import { AppError } from '#platform/errors.ts';
import { createHttpServer } from '#server/http-server.ts';
import { createTlsServers } from './tls-servers.ts';
import type { TlsIdentity } from './tls-files.ts';

export interface ListenersOptions {
  readonly config: Pick<Config, 'host' | 'port' | 'clientCertificatePort'>;
  /** Absent if PORT speaks plain HTTP. */
  readonly identity: TlsIdentity | undefined;
  readonly handle: RequestListener;
  /**
   * From then on, every response closes its connection, so that no connection is cut between two requests.
   */
  readonly isStopping: () => boolean;
}

export interface Listeners {
  /** @throws AppError `conflict` when another program uses a port */
  listen(): Promise<void>;
  /** Uses a renewed certificate for connections that are opened from now on. */
  use(renewed: TlsIdentity): void;
  /** Stops accepting connections, without waiting for existing ones. */
  close(): void;
  /** Requests in progress may finish within this time. */
  drain(seconds: number): Promise<void>;
}

interface Listener {
  readonly setting: 'PORT' | 'CLIENT_CERTIFICATE_PORT';
  readonly port: number;
  readonly server: Server | SecureServer;
  /** Closes every connection, even before its handshake is complete. */
  readonly cut: () => void;
}

export function createListeners(options: ListenersOptions): Listeners {
  const { config, identity } = options;
  const { listeners, use } = identity ? secured(options, identity) : plain(options);
  for (const { server } of listeners) {
    server.prependListener('request', (_req, res) => {
      if (options.isStopping()) res.setHeader('Connection', 'close');
    });
  }
  const close = (): void => listeners.forEach(({ server }) => void server.close());
  return {
    use,
    close,
    async listen() {
      // Waits for all of them, so that none opens after another one has failed.
      const opened = await Promise.allSettled(listeners.map((each) => open(each, config.host)));
      const failed = opened.find(({ status }) => status === 'rejected');
      if (failed?.status === 'rejected') throw failed.reason;
    },
    async drain(seconds) {
      const closed = listeners.map(({ server }) => closing(server));
      const timer = setTimeout(() => listeners.forEach(({ cut }) => cut()), seconds * 1000);
      await Promise.all(closed);
      clearTimeout(timer);
    },
  };
}

function plain({ config, handle }: ListenersOptions) {
  const server = createHttpServer(handle);
  const cut = (): void => server.closeAllConnections();
  const listener: Listener = { setting: 'PORT', port: config.port, server, cut };
  return { listeners: [listener], use: () => undefined };
}

function secured({ config, handle }: ListenersOptions, identity: TlsIdentity) {
  const { port, clientCertificatePort: askingPort } = config;
  const asksForCertificates = askingPort !== undefined;
  const { main, asking, use } = createTlsServers({ identity, handle, asksForCertificates });
  const listeners: Listener[] = [{ setting: 'PORT', port, server: main, cut: cutting(main) }];
  if (asking && asksForCertificates) {
    const setting = 'CLIENT_CERTIFICATE_PORT';
    listeners.push({ setting, port: askingPort, server: asking, cut: cutting(asking) });
  }
  return { listeners, use };
}

/** `closeAllConnections` ignores connections before the end of their handshake. */
function cutting(server: SecureServer): () => void {
  const sockets = new Set<Duplex>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return () => {
    server.closeAllConnections();
    for (const socket of sockets) socket.destroy();
  };
}

async function open({ server, port, setting }: Listener, host: string): Promise<void> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE')) throw cause;
    const advice = `Stop it, or set ${setting} to another number.`;
    const message = `Another program is using port ${port}. ${advice}`;
    throw new AppError('conflict', message, { cause });
  }
}

async function closing(server: Server | SecureServer): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  server.closeIdleConnections();
  await closed;
}
