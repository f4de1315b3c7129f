// The home page, at the issuer URL.
import type Router from '@koa/router';
import type { OwnPages } from '#http/site-pages.ts';
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
  readonly own: OwnPages;
  readonly registrationOpen: boolean;
  readonly developmentPages: boolean;
}

export function addHomePage(router: Router, dependencies: HomePageDependencies): void {
  const { own, registrationOpen, developmentPages } = dependencies;
  const links = {
    discoveryHref: own.address('/.well-known/openid-configuration'),
    playgroundHref: developmentPages ? own.address('/auth/playground') : undefined,
  };
  const forUser = { accountHref: own.address('/auth/account') };
  const forVisitor = {
    signInHref: own.address('/auth/sign-in'),
    registerHref: registrationOpen ? own.address('/auth/register') : undefined,
  };

  router.get('/', async (ctx) => {
    const signedIn = await own.signedIn(ctx);
    own.render(ctx, homeView, { ...links, ...(signedIn ? forUser : forVisitor) });
  });
}
