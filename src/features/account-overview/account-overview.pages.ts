// The overview of the account: who is signed in, a security check-up, and every page of the account
// with its status.
import type Router from '@koa/router';
import type { Context } from '#http/context.ts';
import type { PictureUrls } from '#core/users/pictures/picture-urls.ts';
import { defaultLocale } from '#http/i18n/locales.ts';
import { showTime, type ShownTime } from '#http/i18n/times.ts';
import { defineAccountView } from '#http/rendering/view.ts';
import type { SignedIn } from '#oidc/sign-in/browser-session.ts';
import type { AccountNavigation } from './account-navigation.pages.ts';
import {
  adviceLinks,
  overviewGroups,
  waitingLink,
  type AdviceLink,
  type OverviewGroup,
} from './account-rows.pages.ts';
import type { AccountStatusStore } from './account-status.store.ts';
import { addHomePage, type HomePageDependencies } from './home.pages.ts';

export interface AccountLocals {
  readonly user: {
    readonly name?: string | undefined;
    readonly email: string;
    readonly emailVerified: boolean;
    readonly pictureHref?: string | undefined;
  };
  readonly formToken: string;
  readonly verifyAction?: string | undefined;
  /** A sentence with the number of app requests that wait for an answer; `undefined` if there are none. */
  readonly waiting?: { readonly label: string; readonly href: string } | undefined;
  /** What the account lacks; an empty list if nothing. */
  readonly advice: readonly AdviceLink[];
  readonly groups: readonly OverviewGroup[];
  /** The date of the pending deletion of the account. */
  readonly deletionDue?: ShownTime | undefined;
  readonly keepAction: string;
  readonly playgroundHref?: string | undefined;
  /** Only for administrators. */
  readonly adminHref?: string | undefined;
}

export const accountView = defineAccountView<AccountLocals>('account-overview/account');

export interface AccountPageDependencies extends HomePageDependencies {
  readonly accountNavigation: AccountNavigation;
  readonly accountStatus: AccountStatusStore;
  readonly pictureUrls: PictureUrls;
  readonly now: () => Date;
}

async function show(
  dependencies: AccountPageDependencies,
  ctx: Context,
  { user }: SignedIn,
): Promise<void> {
  const { site, accountNavigation, accountStatus, pictureUrls, developmentPages } = dependencies;
  const now = dependencies.now();
  const { claims, email, emailVerified, deletionDueAt } = user;
  const locale = ctx.state.locale ?? defaultLocale;
  const facts = { user, status: await accountStatus.read(user.id, now), now, locale };
  site.render(ctx, accountView, {
    user: {
      name: claims.name,
      email,
      emailVerified,
      pictureHref: pictureUrls.pagePath(claims),
    },
    formToken: site.formToken(ctx),
    verifyAction: emailVerified ? undefined : site.address('/auth/verify/send'),
    waiting: waitingLink(facts, site.address),
    advice: adviceLinks(facts, site.address),
    groups: overviewGroups(accountNavigation(ctx), facts),
    deletionDue: deletionDueAt && showTime(deletionDueAt, now, locale),
    keepAction: site.address('/auth/account/keep'),
    adminHref: facts.status.isAdministrator ? site.address('/auth/admin') : undefined,
    playgroundHref: developmentPages ? site.address('/auth/playground') : undefined,
  });
}

/** Adds the overview of the account and the home page. */
export function addAccountPages(router: Router, dependencies: AccountPageDependencies): void {
  const { site } = dependencies;
  addHomePage(router, dependencies);

  router.get('/auth/account', async (ctx) => {
    const signedIn = await site.signedIn(ctx);
    if (!signedIn) return site.redirect(ctx, '/auth/sign-in');
    return show(dependencies, ctx, signedIn);
  });
}
