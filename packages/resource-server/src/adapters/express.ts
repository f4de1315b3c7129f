// Express: `app.get('/tasks', protect(api, { scopes: ['tasks:read'] }), handler)`.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ResourceServer } from '../resource-server.ts';
import type { Auth, Protection } from '../types.ts';
import { readNodeRequest, writeNodeResponse } from './node.ts';

export { peerCertificate } from './node.ts';

export interface ExpressRequest extends IncomingMessage {
  readonly originalUrl?: string;
  auth?: Auth;
}

type Next = (error?: unknown) => void;

/** Passes on a request with a valid and sufficient token, and puts the token's content in `request.auth`. */
export function protect<R extends ExpressRequest>(
  api: ResourceServer,
  protection: Protection<R> = {},
) {
  return async (request: R, response: ServerResponse, next: Next): Promise<void> => {
    const facts = readNodeRequest(request, request.originalUrl);
    const result = await api.verifyNative(facts, request, protection);
    if (result instanceof Response) return writeNodeResponse(response, result);
    request.auth = result;
    next();
  };
}

/** Answers requests for the protected resource metadata; passes on all others. */
export function serveMetadata(api: ResourceServer) {
  return async (request: ExpressRequest, response: ServerResponse, next: Next): Promise<void> => {
    const result = api.metadataResponse(readNodeRequest(request, request.originalUrl));
    if (!result) return next();
    await writeNodeResponse(response, result);
  };
}

/** @throws TypeError if the route is not protected */
export function authOf(request: ExpressRequest): Auth {
  if (request.auth) return request.auth;
  throw new TypeError('No protect() before this handler');
}
