// CSRF check for oidc-provider's sign-out confirmation form. Its secret already protects the form;
// like all our forms, it is also refused if the browser names another site as the sender.
import type { UrlAreas } from '#http/url-areas.ts';
import type { Context, Next } from '#http/context.ts';
import type { CsrfProtection } from '#http/csrf.ts';

export function createSignOutGuard({
  addresses,
  csrf,
}: {
  addresses: UrlAreas;
  csrf: CsrfProtection;
}) {
  return function guardSignOut(ctx: Context, next: Next): unknown {
    const isForm = ctx.method === 'POST';
    if (isForm && addresses.shorten(ctx.path) === '/oauth2/logout/confirm') {
      csrf.requireOwnSite(ctx);
    }
    return next();
  };
}
