// The HTTP server around the app: how long somebody may take, how large headers may be, and the
// answer to what is not HTTP at all. Listening and stopping are left to main.ts.
import { randomUUID } from 'node:crypto';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { Duplex } from 'node:stream';

const limits = {
  /** Bytes of the request line and all headers together. */
  maxHeaderSize: 16 * 1024,
  headersTimeout: 7_000,
  /** The whole request; bodies have a shorter limit of their own behind it. */
  requestTimeout: 20_000,
  connectionsCheckingInterval: 2_000,
  /** Longer than proxies keep idle connections (60 s), so that we never close first. */
  keepAliveTimeout: 65_000,
  /** The host pin answers requests without Host, with a request id. */
  requireHostHeader: false,
};

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

/** An answer that is on its way must not get a second one in its middle. */
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
