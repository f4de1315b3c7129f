// Requests and responses of Node.js, as Koa, Express and Fastify have them.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { RequestFacts } from '../types.ts';

/** Express removes the path of a router from `url`; `originalUrl` keeps it. */
export function readNodeRequest(
  request: Pick<IncomingMessage, 'method' | 'url' | 'rawHeaders'>,
  originalUrl: string | undefined,
): RequestFacts {
  return {
    method: request.method ?? 'GET',
    url: originalUrl ?? request.url ?? '/',
    headers: readHeaders(request.rawHeaders),
  };
}

/** Node.js drops a second Authorization header everywhere but in `rawHeaders`. */
function readHeaders(raw: readonly string[]): Headers {
  const headers = new Headers();
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index]?.toLowerCase();
    if (name === 'authorization' || name === 'dpop') headers.append(name, raw[index + 1] ?? '');
  }
  return headers;
}

export async function writeNodeResponse(
  target: Pick<ServerResponse, 'statusCode' | 'setHeader' | 'end'>,
  response: Response,
): Promise<void> {
  target.statusCode = response.status;
  for (const [name, value] of response.headers) target.setHeader(name, value);
  target.end(await response.text());
}

/** The client certificate, if Node.js itself terminates TLS and requests one. */
export function peerCertificate(request: { readonly socket: object }): Uint8Array | undefined {
  // Only a TLS socket has the method; the types of Node.js declare every socket as a plain one.
  const socket = request.socket as Partial<Pick<TLSSocket, 'getPeerCertificate'>>;
  return socket.getPeerCertificate?.().raw;
}
