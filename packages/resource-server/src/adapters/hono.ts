// Hono: `app.use('/tasks', protect(api, { scopes: ['tasks:read'] }))`.
import type { ResourceServer } from '../resource-server.ts';
import type { Auth, Protection } from '../types.ts';

/** For `new Hono<{ Variables: AuthVariables }>()`. */
export interface AuthVariables {
  auth: Auth;
}

/** The part of Hono's context that is used here. */
export interface HonoContext {
  readonly req: { readonly raw: Request };
  set(name: 'auth', value: Auth): void;
}

type Next = () => Promise<void>;

/**
 * Passes on a request with a valid and sufficient token, and puts the token's content in the variable `auth`.
 */
export function protect<C extends HonoContext>(
  api: ResourceServer,
  protection: Protection<C> = {},
) {
  return async (c: C, next: Next): Promise<Response | undefined> => {
    const result = await api.verifyNative(c.req.raw, c, protection);
    if (result instanceof Response) return result;
    c.set('auth', result);
    await next();
    return undefined;
  };
}

/** Answers requests for the protected resource metadata; passes on all others. */
export function serveMetadata(api: ResourceServer) {
  return async (c: Pick<HonoContext, 'req'>, next: Next): Promise<Response | undefined> => {
    const response = api.metadataResponse(c.req.raw);
    if (!response) await next();
    return response;
  };
}
