// The routes by which administrators sign in to the panel: the callback of the authorization
// response, and the switch to another account.
import type Router from '@koa/router';
import type { SitePages } from '#http/site-pages.ts';
import type { ManagementTokens } from '#oidc/tokens/management-tokens.ts';
import { AppError } from '#platform/errors.ts';
import { callbackPath, panelPath } from '#features/admin/panel-client.ts';
import type { PanelCookie } from './panel-cookie.pages.ts';
import type { PanelGuard } from './panel-guard.pages.ts';
import type { PanelAuthorization } from './panel-authorization.pages.ts';
import type { ExchangeCode } from './token-exchange.pages.ts';

export interface PanelSignInDependencies {
  readonly router: Router;
  readonly site: SitePages;
  readonly guard: PanelGuard;
  readonly cookie: PanelCookie;
  readonly authorization: PanelAuthorization;
  readonly tokens: ManagementTokens;
  readonly exchangeCode: ExchangeCode;
  readonly now: () => Date;
}

export function addPanelSignIn(dependencies: PanelSignInDependencies): void {
  const { router, site, guard, cookie, authorization, tokens, exchangeCode, now } = dependencies;

  router.get(callbackPath, async (ctx) => {
    guard.enter(ctx);
    const { code, verifier, nonce, returnTo } = authorization.end(ctx);
    // The user cancelled the sign-in.
    if (code === undefined) return site.redirect(ctx, '/');
    const issued = await exchangeCode(ctx, { code, verifier, nonce });
    // Otherwise, a new token that is refused would cause an endless redirect loop.
    if (!(await tokens.read(issued.accessToken))) {
      throw new AppError('session_expired', 'The sign-in has expired.');
    }
    const issuedAt = Math.floor(now().getTime() / 1000);
    const { accessToken, authenticatedAt, lifetimeSeconds } = issued;
    const expiresAt = issuedAt + lifetimeSeconds;
    cookie.set(ctx, { accessToken, issuedAt, expiresAt, authenticatedAt });
    return site.redirect(ctx, returnTo);
  });

  router.get(`${panelPath}/sign-in`, async (ctx) => {
    guard.enter(ctx);
    await authorization.begin(ctx, { returnTo: panelPath, switchesUser: true });
  });
}
