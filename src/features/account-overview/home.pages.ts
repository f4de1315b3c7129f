// The home page, at the issuer URL.
import type Router from '@koa/router';
import type { SitePages } from '#http/site-pages.ts';
import { defineView } from '#http/rendering/view.ts';

export interface HomeLocals {
  readonly discoveryHref: string;
  readonly accountHref?: string | undefined;
  readonly signInHref?: string | undefined;
  readonly registerHref?: string | undefined;
  readonly playgroundHref?: string | undefined;
}

export const homeView = defineView<HomeLocals>('account-overview/home');

export interface HomePageDependencies {
  readonly site: SitePages;
  readonly registrationOpen: boolean;
  readonly developmentPages: boolean;
}

export function addHomePage(router: Router, dependencies: HomePageDependencies): void {
  const { site, registrationOpen, developmentPages } = dependencies;
  const links = {
    discoveryHref: site.address('/.well-known/openid-configuration'),
    playgroundHref: developmentPages ? site.address('/auth/playground') : undefined,
  };
  const forUser = { accountHref: site.address('/auth/account') };
  const forVisitor = {
    signInHref: site.address('/auth/sign-in'),
    registerHref: registrationOpen ? site.address('/auth/register') : undefined,
  };

  router.get('/', async (ctx) => {
    const signedIn = await site.signedIn(ctx);
    site.render(ctx, homeView, { ...links, ...(signedIn ? forUser : forVisitor) });
  });
}
