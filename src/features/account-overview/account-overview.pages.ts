// The account page: who is signed in, and links to everything that the user can manage.
import type Router from '@koa/router';
import type { Context } from '#http/context.ts';
import { defaultLocale } from '#http/i18n/locales.ts';
import { showTime, type ShownTime } from '#http/i18n/times.ts';
import { defineView } from '#http/rendering/view.ts';
import { detailLinks } from '#features/custom-attributes/custom-attributes.pages.ts';
import type { Supplements } from '#features/custom-attributes/custom-attributes.service.ts';
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
  readonly ways: ProviderButtons;
  readonly supplements: Supplements;
  readonly now: () => Date;
}

function linksOf({ own, ways, developmentPages }: AccountPageDependencies) {
  return {
    emailHref: own.address('/auth/account/email'),
    signOutHref: own.address('/oauth2/logout'),
    profileHref: own.address('/auth/account/profile'),
    passwordHref: own.address('/auth/account/password'),
    passkeysHref: own.address('/auth/account/passkeys'),
    linkedHref: ways.buttons.length > 0 ? own.address('/auth/account/linked') : undefined,
    codesHref: own.address('/auth/account/codes'),
    sessionsHref: own.address('/auth/account/sessions'),
    appsHref: own.address('/auth/account/apps'),
    activityHref: own.address('/auth/account/activity'),
    exportHref: own.address('/auth/account/export'),
    deleteHref: own.address('/auth/account/delete'),
    keepAction: own.address('/auth/account/keep'),
    playgroundHref: developmentPages ? own.address('/auth/playground') : undefined,
  };
}

function show(dependencies: AccountPageDependencies, ctx: Context, { user }: SignedIn): void {
  const { own, supplements, now } = dependencies;
  const { claims, email, emailVerified, deletionDueAt } = user;
  const locale = ctx.state.locale ?? defaultLocale;
  own.render(ctx, accountView, {
    ...linksOf(dependencies),
    user: { name: claims.name, email, emailVerified },
    formToken: own.formToken(ctx),
    verifyAction: emailVerified ? undefined : own.address('/auth/verify/send'),
    details: detailLinks(supplements, own, locale),
    deletionDue: deletionDueAt && showTime(deletionDueAt, now(), locale),
  });
}

/** Adds the account page and the home page. */
export function addAccountPages(router: Router, dependencies: AccountPageDependencies): void {
  const { own } = dependencies;
  addHomePage(router, dependencies);

  router.get('/auth/account', async (ctx) => {
    const signedIn = await own.signedIn(ctx);
    if (!signedIn) return own.redirect(ctx, '/auth/sign-in');
    return show(dependencies, ctx, signedIn);
  });
}
