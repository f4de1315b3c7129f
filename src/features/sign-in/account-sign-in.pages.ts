// The account overview, the sign-in to it, and the home page at the issuer URL.
import type Router from '@koa/router';
import type { Context } from '#http/context.ts';
import { statusOf, type SignInAttempts } from '#features/passwords/sign-in-attempts.pages.ts';
import { signInProblems } from '#features/passwords/sign-in-problems.pages.ts';
import { defaultLocale } from '#http/i18n/locales.ts';
import { showTime, type ShownTime } from '#http/i18n/times.ts';
import { detailLinks } from '#features/custom-attributes/custom-attributes.pages.ts';
import { noticeOf, problemOf, type OwnPages } from '#http/site-pages.ts';
import type { Supplements } from '#features/custom-attributes/custom-attributes.service.ts';
import type { PasskeyUrls } from '#features/passkeys/passkey-urls.pages.ts';
import type { SecondStep } from '#features/mfa/second-step.pages.ts';
import type { ProviderButtons } from '#features/federation/pages/provider-buttons.pages.ts';
import { defineView } from '#http/rendering/view.ts';
import { signInView } from './sign-in.pages.ts';

export interface HomeLocals {
  readonly discoveryHref: string;
  readonly accountHref?: string | undefined;
  readonly signInHref?: string | undefined;
  readonly registerHref?: string | undefined;
  readonly playgroundHref?: string | undefined;
}

export const homeView = defineView<HomeLocals>('account-overview/home');

export interface AccountLocals {
  readonly user: {
    readonly name?: string | undefined;
    readonly email: string;
    readonly emailVerified: boolean;
  };
  readonly formToken?: string | undefined;
  readonly verifyAction?: string | undefined;
  readonly emailHref?: string | undefined;
  readonly signOutAction?: string | undefined;
  readonly signOutHref?: string | undefined;
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

export interface AccountPageDependencies {
  readonly own: OwnPages;
  readonly attempts: SignInAttempts;
  readonly secondStep: SecondStep;
  readonly passkeyUrls: PasskeyUrls;
  readonly ways: ProviderButtons;
  readonly registrationOpen: boolean;
  readonly mailSignsIn: boolean;
  readonly developmentPages: boolean;
  readonly supplements: Supplements;
  readonly now: () => Date;
}

export function addAccountPages(router: Router, dependencies: AccountPageDependencies): void {
  const { own, attempts, secondStep, passkeyUrls, ways } = dependencies;
  const { registrationOpen, mailSignsIn, developmentPages, supplements, now } = dependencies;
  const registerHref = registrationOpen ? own.address('/auth/register') : undefined;
  const playgroundHref = developmentPages ? own.address('/auth/playground') : undefined;

  const recoverHref = own.address('/auth/recover');
  const mailHref = mailSignsIn ? own.address('/auth/sign-in/mail') : undefined;

  async function showSignIn(
    ctx: Context,
    login: string,
    problem?: keyof typeof signInProblems,
  ): Promise<void> {
    const locals = {
      action: own.address('/auth/sign-in'),
      formToken: own.formToken(ctx),
      login,
      problem: problem && signInProblems[problem],
      trouble: problemOf(ctx),
      passkey: passkeyUrls.first(),
      others: { providers: ways.buttons },
      oneTap: await ways.oneTap(ctx),
      notice: noticeOf(ctx),
      mailHref,
      recoverHref,
      registerHref,
    };
    own.render(ctx, signInView, locals, problem ? statusOf(problem) : 200);
  }

  router.get('/', async (ctx) => {
    const signedIn = await own.signedIn(ctx);
    own.render(ctx, homeView, {
      discoveryHref: own.address('/.well-known/openid-configuration'),
      playgroundHref,
      ...(signedIn
        ? { accountHref: own.address('/auth/account') }
        : { signInHref: own.address('/auth/sign-in'), registerHref }),
    });
  });

  router.get('/auth/sign-in', async (ctx) => {
    if (await own.signedIn(ctx)) return own.redirect(ctx, '/auth/account');
    return showSignIn(ctx, '');
  });

  router.post('/auth/sign-in', async (ctx) => {
    const form = await own.readForm(ctx);
    const login = form.get('login');
    const outcome = await attempts.attempt(ctx, { login, password: form.get('password') });
    if (!outcome.ok) return showSignIn(ctx, login, outcome.reason);
    await outcome.settle();
    if (!outcome.signIn) return secondStep.forAccount(ctx, { ...outcome, first: 'password' });
    return own.signInAndShowAccount(ctx, outcome.signIn);
  });

  router.get('/auth/account', async (ctx) => {
    const signedIn = await own.signedIn(ctx);
    if (!signedIn) return own.redirect(ctx, '/auth/sign-in');
    const { claims, email, emailVerified, deletionDueAt } = signedIn.user;
    return own.render(ctx, accountView, {
      user: { name: claims.name, email, emailVerified },
      formToken: own.formToken(ctx),
      verifyAction: emailVerified ? undefined : own.address('/auth/verify/send'),
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
      details: detailLinks(supplements, own, ctx.state.locale ?? defaultLocale),
      exportHref: own.address('/auth/account/export'),
      deleteHref: own.address('/auth/account/delete'),
      deletionDue:
        deletionDueAt && showTime(deletionDueAt, now(), ctx.state.locale ?? defaultLocale),
      keepAction: own.address('/auth/account/keep'),
      playgroundHref,
    });
  });
}
