// The HTTPS servers of a process: PORT, and CLIENT_CERTIFICATE_PORT, which requests a certificate of the
// client. The handshake refuses no certificate: what a certificate proves depends on the client (RFC 8705
// §2).
import type { RequestListener } from 'node:http';
import type { Server } from 'node:https';
import type { Socket } from 'node:net';
import { createHttpsServer } from '#server/http-server.ts';
import { secureContextOf } from './secure-context.ts';
import type { TlsIdentity } from './tls-files.ts';

export interface TlsServers {
  readonly main: Server;
  /** Absent without CLIENT_CERTIFICATE_PORT. */
  readonly asking: Server | undefined;
  /** For connections that are opened from now on. */
  use(renewed: TlsIdentity): void;
}

export interface TlsServersOptions {
  readonly identity: TlsIdentity;
  readonly handle: RequestListener;
  readonly asksForCertificates: boolean;
}

export function createTlsServers(options: TlsServersOptions): TlsServers {
  const { handle, asksForCertificates } = options;
  const main = createHttpsServer(handle, withoutClients(options.identity));
  if (!asksForCertificates) {
    return { main, asking: undefined, use: (renewed) => renew(main, withoutClients(renewed)) };
  }
  const requesting = { requestCert: true, rejectUnauthorized: false };
  const context = secureContextOf(options.identity);
  const asking = createHttpsServer(handle, { ...context, ...requesting });
  const closeVerified = closesOlderConnections(asking);
  let { clientCa } = options.identity;
  return {
    main,
    asking,
    use(renewed) {
      renew(main, withoutClients(renewed));
      renew(asking, secureContextOf(renewed));
      if (renewed.clientCa !== clientCa) closeVerified();
      clientCa = renewed.clientCa;
    },
  };
}

function withoutClients({ cert, key }: TlsIdentity) {
  return secureContextOf({ cert, key });
}

/** Earlier TLS sessions cannot be resumed afterwards, because their keys belong to the previous context. */
function renew(server: Server, context: ReturnType<typeof secureContextOf>): void {
  server.setSecureContext(context);
}

/**
 * Returns a function that closes the existing connections, because a CA that vouched for one of them may have
 * been removed. A request in progress, and at most one more, is answered first.
 */
function closesOlderConnections(server: Server): () => void {
  let current = {};
  const openedIn = new WeakMap<Socket, object>();
  server.on('secureConnection', (socket) => void openedIn.set(socket, current));
  server.prependListener('request', ({ socket }, res) => {
    if (openedIn.get(socket) !== current) res.setHeader('Connection', 'close');
  });
  return () => {
    current = {};
    server.closeIdleConnections();
  };
}
