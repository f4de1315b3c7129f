// Related origin requests (WebAuthn §5.11): lists the other origins that may use passkeys of this
// host. Browsers read it at the root of the host, whatever the path of the issuer.
import type { Context, Next } from '#http/context.ts';

const path = '/.well-known/webauthn';
const cacheControl = 'public, max-age=300';

export function createRelatedOrigins({ origins }: { readonly origins: readonly string[] }) {
  return function serveRelatedOrigins(ctx: Context, next: Next): unknown {
    const isRead = ctx.method === 'GET' || ctx.method === 'HEAD';
    if (ctx.path !== path || !isRead || origins.length === 0) return next();
    ctx['_matchedRoute'] = path;
    ctx.set('Cache-Control', cacheControl);
    ctx.body = { origins };
    return undefined;
  };
}
