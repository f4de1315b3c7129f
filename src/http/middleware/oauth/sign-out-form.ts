// The engine's own form, which asks whether to sign out: its secret keeps strangers out already, and
// like every form of ours it is refused when a browser says that another site sent it.
import type { Addresses } from '#http/url-areas.ts';
import type { Context, Next } from '#http/context.ts';
import type { Forms } from '#http/csrf.ts';

export function createSignOutGuard({ addresses, forms }: { addresses: Addresses; forms: Forms }) {
  return function guardSignOut(ctx: Context, next: Next): unknown {
    const isForm = ctx.method === 'POST';
    if (isForm && addresses.shorten(ctx.path) === '/oauth2/logout/confirm') {
      forms.requireOwnSite(ctx);
    }
    return next();
  };
}
