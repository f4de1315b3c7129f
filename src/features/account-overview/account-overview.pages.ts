// The account page: who is signed in, and links to everything that the user can manage.
import type Router from '@koa/router';
import type { Context } from '#http/context.ts';
import { defaultLocale } from '#http/i18n/locales.ts';
import { showTime, type ShownTime } from '#http/i18n/times.ts';
import { defineView } from '#http/rendering/view.ts';
import { detailLinks } from '#features/custom-attributes/custom-attributes.pages.ts';
import type { CustomAttributes } from '#features/custom-attributes/custom-attributes.service.ts';
import type { ProviderButtons } from '#features/federation/pages/provider-buttons.pages.ts';
import type { SignedIn } from '#oidc/sign-in/browser-session.ts';
import { addHomePage, type HomePageDependencies } from './home.pages.ts';

export interface AccountLocals {
  readonly user: {
    readonly name?: string | undefined;
    readonly email: string;
    readonly emailVerified: boolean;
  };
  readonly formToken: string;
  readonly verifyAction?: string | undefined;
  readonly emailHref: string;
  readonly signOutHref: string;
  readonly profileHref: string;
  readonly passwordHref: string;
  readonly passkeysHref: string;
  /** Set if there is an external identity to manage or to link. */
  readonly linkedHref?: string | undefined;
  readonly codesHref: string;
  readonly sessionsHref: string;
  readonly appsHref: string;
  readonly activityHref: string;
  /** The namespaces of custom attributes that the user can see. */
  readonly details: readonly { readonly href: string; readonly title: string }[];
  readonly exportHref: string;
  readonly deleteHref: string;
  /** When the pending deletion of the account is due. */
  readonly deletionDue?: ShownTime | undefined;
  readonly keepAction: string;
  readonly playgroundHref?: string | undefined;
}

export const accountView = defineView<AccountLocals>('account-overview/account');

export interface AccountPageDependencies extends HomePageDependencies {
  readonly providerButtons: ProviderButtons;
  readonly supplements: CustomAttributes;
  readonly now: () => Date;
}

function linksOf({ site, providerButtons, developmentPages }: AccountPageDependencies) {
  return {
    emailHref: site.address('/auth/account/email'),
    signOutHref: site.address('/oauth2/logout'),
    profileHref: site.address('/auth/account/profile'),
    passwordHref: site.address('/auth/account/password'),
    passkeysHref: site.address('/auth/account/passkeys'),
    linkedHref:
      providerButtons.buttons.length > 0 ? site.address('/auth/account/linked') : undefined,
    codesHref: site.address('/auth/account/codes'),
    sessionsHref: site.address('/auth/account/sessions'),
    appsHref: site.address('/auth/account/apps'),
    activityHref: site.address('/auth/account/activity'),
    exportHref: site.address('/auth/account/export'),
    deleteHref: site.address('/auth/account/delete'),
    keepAction: site.address('/auth/account/keep'),
    playgroundHref: developmentPages ? site.address('/auth/playground') : undefined,
  };
}

function show(dependencies: AccountPageDependencies, ctx: Context, { user }: SignedIn): void {
  const { site, supplements, now } = dependencies;
  const { claims, email, emailVerified, deletionDueAt } = user;
  const locale = ctx.state.locale ?? defaultLocale;
  site.render(ctx, accountView, {
    ...linksOf(dependencies),
    user: { name: claims.name, email, emailVerified },
    formToken: site.formToken(ctx),
    verifyAction: emailVerified ? undefined : site.address('/auth/verify/send'),
    details: detailLinks(supplements, site, locale),
    deletionDue: deletionDueAt && showTime(deletionDueAt, now(), locale),
  });
}

/** Adds the account page and the home page. */
export function addAccountPages(router: Router, dependencies: AccountPageDependencies): void {
  const { site } = dependencies;
  addHomePage(router, dependencies);

  router.get('/auth/account', async (ctx) => {
    const signedIn = await site.signedIn(ctx);
    if (!signedIn) return site.redirect(ctx, '/auth/sign-in');
    return show(dependencies, ctx, signedIn);
  });
}
