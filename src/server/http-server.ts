// The HTTP server around the application, with or without TLS: timeouts, limits for headers, and the
// response to malformed requests. Listening and stopping are in listeners/.
import { randomUUID } from 'node:crypto';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer, type Server as SecureServer } from 'node:https';
import type { Duplex } from 'node:stream';
import type { TlsOptions } from 'node:tls';

const limits = {
  /** Bytes of the request line and all headers together. */
  maxHeaderSize: 16 * 1024,
  headersTimeout: 7_000,
  /** For the entire request; bodies have a shorter timeout of their own. */
  requestTimeout: 20_000,
  connectionsCheckingInterval: 2_000,
  /** Longer than the idle timeout of common proxies (60 s), so that the proxy closes first. */
  keepAliveTimeout: 65_000,
  /** Requests without Host are refused later, in a response with a request id. */
  requireHostHeader: false,
};

/** As for the headers, which follow the handshake. */
const handshakeTimeout = 7_000;

const answers: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
};

function describeRejection(code: string): string {
  const status = answers[code] ?? '400 Bad Request';
  const requestId = randomUUID();
  const body = `The request could not be read.\nRequest ${requestId}\n`;
  return [
    `HTTP/1.1 ${status}`,
    `X-Request-Id: ${requestId}`,
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Cache-Control: no-store',
    'X-Content-Type-Options: nosniff',
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}

/** A response in progress must not be interrupted by a second one. */
function isAnswering(socket: Duplex): boolean {
  const response: unknown = Reflect.get(socket, '_httpMessage');
  return typeof response === 'object' && response !== null;
}

function rejectRequest(error: NodeJS.ErrnoException, socket: Duplex): void {
  const isLost = error.code === 'ECONNRESET' || !socket.writable || isAnswering(socket);
  if (isLost) socket.destroy();
  if (!isLost) socket.end(describeRejection(error.code ?? ''));
}

export function createHttpServer(handle: RequestListener): Server {
  return createServer(limits, handle).on('clientError', rejectRequest);
}

/** @param tls certificate, private key, and whether client certificates are requested */
export function createHttpsServer(handle: RequestListener, tls: TlsOptions): SecureServer {
  const server = createSecureServer({ ...limits, handshakeTimeout, ...tls }, handle);
  // A peer that does not complete the handshake cannot be answered: it may speak plain HTTP.
  server.prependListener('tlsClientError', (_error, socket) => socket.destroy());
  return server.on('clientError', rejectRequest);
}
