// Koa: `app.use(protect(api, { scopes: ['tasks:read'] }))`.
import type { IncomingMessage } from 'node:http';
import type { ResourceServer } from '../resource-server.ts';
import type { Auth, Protection } from '../types.ts';
import { readNodeRequest } from './node.ts';

export { peerCertificate } from './node.ts';

/** The part of Koa's context that is used here. */
export interface KoaContext {
  readonly req: IncomingMessage;
  readonly originalUrl: string;
  readonly state: object;
  status: number;
  body: unknown;
  get(name: string): string;
  set(name: string, value: string): void;
}

type Next = () => Promise<unknown>;

/**
 * Passes on a request with a valid and sufficient token, and puts the token's content in `ctx.state.auth`.
 */
export function protect<C extends KoaContext>(api: ResourceServer, protection: Protection<C> = {}) {
  return async (ctx: C, next: Next): Promise<void> => {
    const facts = readNodeRequest(ctx.req, ctx.originalUrl);
    const result = await api.verifyNative(facts, ctx, protection);
    if (result instanceof Response) return respond(ctx, result);
    Object.assign(ctx.state, { auth: result });
    await next();
  };
}

/** Answers requests for the protected resource metadata; passes on all others. */
export function serveMetadata(api: ResourceServer) {
  return async (ctx: KoaContext, next: Next): Promise<void> => {
    const response = api.metadataResponse(readNodeRequest(ctx.req, ctx.originalUrl));
    if (response) return respond(ctx, response);
    await next();
  };
}

/** @throws TypeError if the route is not protected */
export function authOf(ctx: Pick<KoaContext, 'state'>): Auth {
  const state: { readonly auth?: Auth } = ctx.state;
  if (state.auth) return state.auth;
  throw new TypeError('No protect() before this handler');
}

async function respond(ctx: KoaContext, response: Response): Promise<void> {
  ctx.status = response.status;
  ctx.body = await response.text();
  for (const [name, value] of response.headers) ctx.set(name, value);
}
