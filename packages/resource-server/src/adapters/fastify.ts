// Fastify: `app.get('/tasks', { onRequest: protect(api, { scopes: ['tasks:read'] }) }, handler)`.
import type { IncomingMessage } from 'node:http';
import type { ResourceServer } from '../resource-server.ts';
import type { Auth, Protection } from '../types.ts';
import { readNodeRequest } from './node.ts';

export { peerCertificate } from './node.ts';

/** The parts of Fastify's request and reply that are used here. */
export interface FastifyRequest {
  readonly raw: IncomingMessage;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly originalUrl: string;
  auth?: Auth;
}

export interface FastifyReply {
  code(status: number): unknown;
  header(name: string, value: string): unknown;
  send(body: string): unknown;
}

/** Passes on a request with a valid and sufficient token, and puts the token's content in `request.auth`. */
export function protect(api: ResourceServer, protection: Protection<FastifyRequest> = {}) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const facts = readNodeRequest(request.raw, request.originalUrl);
    const result = await api.verifyNative(facts, request, protection);
    if (result instanceof Response) return respond(reply, result);
    request.auth = result;
    return undefined;
  };
}

/** For a route at `api.metadata.path`. */
export function serveMetadata(api: ResourceServer) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
    const found = api.metadataResponse(readNodeRequest(request.raw, request.originalUrl));
    return respond(reply, found ?? new Response('{}', { status: 404 }));
  };
}

/** @throws TypeError if the route is not protected */
export function authOf(request: { readonly auth?: Auth }): Auth {
  if (request.auth) return request.auth;
  throw new TypeError('No protect() before this handler');
}

async function respond(reply: FastifyReply, response: Response): Promise<unknown> {
  const body = await response.text();
  reply.code(response.status);
  for (const [name, value] of response.headers) reply.header(name, value);
  reply.send(body);
  return reply;
}
