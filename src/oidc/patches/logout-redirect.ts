// Patch: a logout request without an active session is redirected at once, since there is nothing to
// confirm; the ID token hint may refer to a parked session, which then ends. oidc-provider would respond
// with a form that a script submits; it has already validated the redirect URI. A confirmed sign-out
// of all accounts also ends the parked ones.
import type { KoaContextWithOIDC, Provider } from 'oidc-provider';
import type { OtherSignOuts } from '#oidc/provider-hooks.ts';
import { redirectAfterLogout } from '#oidc/sign-in/sign-out.ts';

/** The value of the button that signs out of every account; any value confirms. */
export const everyAccount = 'all';

export function signOutOthers(provider: Provider, others: OtherSignOuts): void {
  provider.use(async (ctx: KoaContextWithOIDC, next: () => Promise<unknown>): Promise<void> => {
    await next();
    const { route, session, params } = ctx.oidc ?? {};
    if (route === 'end_session' && ctx.status === 200 && !session?.accountId) {
      await others.endHinted(ctx);
      redirectAfterLogout(ctx);
    }
    const isConfirmed = route === 'end_session_confirm' && ctx.status === 303;
    if (isConfirmed && params?.['logout'] === everyAccount) await others.endAll(ctx);
  });
}
