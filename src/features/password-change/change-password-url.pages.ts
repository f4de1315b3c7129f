// The well-known URL for changing passwords (https://www.w3.org/TR/change-password-url/), which
// password managers open. Like every well-known URL (RFC 8615) it is at the root of the host,
// whatever the path of the issuer.
import type { Context, Next } from '#http/context.ts';

const path = '/.well-known/change-password';

export function createChangePasswordUrl({ basePath }: { readonly basePath: string }) {
  return function redirectToPasswordPage(ctx: Context, next: Next): unknown {
    const isRead = ctx.method === 'GET' || ctx.method === 'HEAD';
    if (ctx.path !== path || !isRead) return next();
    ctx['_matchedRoute'] = path;
    ctx.status = 303;
    ctx.set('Cache-Control', 'no-store');
    ctx.redirect(`${basePath}/auth/account/password`);
    return undefined;
  };
}
