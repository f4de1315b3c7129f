// Patch: a logout request without a session is redirected at once, since there is nothing to
// confirm. oidc-provider would respond with a form that a script submits; it has already validated
// the redirect URI.
import type { KoaContextWithOIDC, Provider } from 'oidc-provider';
import { redirectAfterLogout } from '#oidc/sign-in/sign-out.ts';

export function redirectWithoutSession(provider: Provider): void {
  provider.use(async (ctx: KoaContextWithOIDC, next: () => Promise<unknown>): Promise<void> => {
    await next();
    const isConfirmation = ctx.oidc?.route === 'end_session' && ctx.status === 200;
    if (isConfirmation && !ctx.oidc.session?.accountId) redirectAfterLogout(ctx);
  });
}
