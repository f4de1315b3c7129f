// Shared by the pages of an interaction: opening it, its form token, the consent page, and
// redirecting to the next step.
import { errors } from 'oidc-provider';
import type { CompleteSignIn } from '#core/sessions/authentication.ts';
import type { User } from '#core/users/users.ts';
import type { Context } from '#http/context.ts';
import type { TokenCookie } from '#http/token-cookie.ts';
import type { CsrfProtection } from '#http/csrf.ts';
import { readForm, type Form } from '#http/request/input.ts';
import type { PageLocale } from '#http/i18n/page-locale.ts';
import { defaultLocale } from '#http/i18n/locales.ts';
import type { AccessRefusal } from '#oidc/access-control/client-access.ts';
import type { BrowserAccounts } from '#oidc/sessions/browser-accounts.ts';
import type { Completion, NextStep, OpenInteraction } from '#oidc/sign-in/interactions.ts';
import { consentView, presentConsent, type ConsentViewDependencies } from './consent-view.pages.ts';
import { showExpired, type ExpiredPageDependencies } from './expired.pages.ts';
import { noAccessView, presentRefusal } from './no-access.pages.ts';
import { viewOf } from './registered-client.pages.ts';

export interface InteractionPageDependencies
  extends ConsentViewDependencies, ExpiredPageDependencies {
  readonly basePath: string;
  readonly browserAccounts: BrowserAccounts;
  readonly csrf: CsrfProtection;
  readonly pageLocale: PageLocale;
  /** Set in a browser whose user is linking an external identity to the account they sign in to. */
  readonly linkCookie: TokenCookie;
}

interface CompletedStep {
  readonly ctx: Context;
  readonly opened: OpenInteraction;
  readonly signIn: CompleteSignIn;
  readonly completion?: Completion | undefined;
}

/** Opens the interaction of the route, in the language that the client requested. */
async function openInteraction(
  { interactions, pageLocale }: InteractionPageDependencies,
  ctx: Context,
): Promise<OpenInteraction> {
  const opened = await interactions.open(ctx.req, ctx.res, String(ctx['params'].uid));
  pageLocale.useRequest(ctx, opened.uid, opened.params['ui_locales']);
  return opened;
}

/** If another user is signed in in this browser, that session is parked first. */
async function completeSignIn(
  { browserAccounts, interactions }: InteractionPageDependencies,
  { ctx, opened, signIn, completion }: CompletedStep,
): Promise<NextStep> {
  const { sessionAccountId } = opened;
  const { id } = signIn.user;
  if (sessionAccountId !== id) {
    const activated = await browserAccounts.makeWay(ctx, id);
    if (activated) interactions.attach(opened, activated);
    else interactions.leaveSession(opened);
  }
  return interactions.signedIn(opened, signIn, completion);
}

/** The account may have been blocked since the sign-in; the interaction has then ended. */
async function requireAccount(
  { interactions }: InteractionPageDependencies,
  opened: OpenInteraction,
): Promise<User> {
  const account = await interactions.account(opened);
  if (account) return account;
  throw new errors.SessionNotFound('the user is not active');
}

export function createInteractionPages(dependencies: InteractionPageDependencies) {
  const { basePath, interactions, csrf, render, linkCookie } = dependencies;

  function address({ uid }: OpenInteraction, step?: string): string {
    return `${basePath}/auth/interaction/${uid}${step ? `/${step}` : ''}`;
  }

  function redirect(ctx: Context, url: string): void {
    ctx.status = 303;
    ctx.redirect(url);
  }

  const open = (ctx: Context) => openInteraction(dependencies, ctx);
  /** The client that requested the sign-in, as the pages display it. */
  const clientOf = ({ client, params }: OpenInteraction) => viewOf(client, params['redirect_uri']);
  const formTokenOf = ({ uid }: OpenInteraction): string => csrf.token(uid);

  function showRefusal(
    ctx: Context,
    opened: OpenInteraction,
    { refusal, email }: { readonly refusal: AccessRefusal; readonly email: string },
  ): void {
    const locals = {
      ...presentRefusal(refusal),
      client: clientOf(opened),
      email,
      formToken: formTokenOf(opened),
      switchAction: address(opened, 'switch'),
      cancelAction: address(opened, 'cancel'),
    };
    render(ctx, noAccessView, locals, { status: 403, title: locals.heading });
  }

  return {
    open,
    clientOf,
    formTokenOf,
    account: interactions.account,
    signInOf: interactions.signInOf,
    stays: interactions.stays,
    chosen: interactions.chosen,
    allowed: interactions.allowed,
    denied: interactions.denied,
    requireAccount: (opened: OpenInteraction) => requireAccount(dependencies, opened),
    signedIn: (
      ctx: Context,
      opened: OpenInteraction,
      signIn: CompleteSignIn,
      completion?: Completion,
    ) => completeSignIn(dependencies, { ctx, opened, signIn, completion }),
    /** Opens the interaction of a submitted form, after the CSRF check. */
    async openForm(ctx: Context): Promise<{ open: OpenInteraction; form: Form }> {
      const opened = await open(ctx);
      const form = await readForm(ctx);
      csrf.requireSameOrigin(ctx, form, opened.uid);
      return { open: opened, form };
    },
    /** Shows the consent page, or why the user may not use the client. */
    async showConsent(ctx: Context, opened: OpenInteraction): Promise<void> {
      const account = await requireAccount(dependencies, opened);
      const refusal = await interactions.refusal(opened);
      if (refusal) return showRefusal(ctx, opened, { refusal, email: account.email });
      const locale = ctx.state.locale ?? defaultLocale;
      render(ctx, consentView, {
        ...(await presentConsent(dependencies, opened, account, locale)),
        client: clientOf(opened),
        formToken: formTokenOf(opened),
        action: address(opened, 'consent'),
        switchAction: address(opened, 'switch'),
      });
    },
    goOn(ctx: Context, opened: OpenInteraction, next: NextStep): void {
      const onward = next.step === 'done' ? next.returnTo : address(opened);
      redirect(ctx, linkCookie.read(ctx) ? address(opened, 'with/link/confirm') : onward);
    },
    /** Redirects to the result of the last completed step. */
    resume(ctx: Context, opened: OpenInteraction): void {
      redirect(ctx, interactions.isSettled(opened) ? opened.returnTo : address(opened));
    },
    showExpired: (ctx: Context, uid: string) => showExpired(dependencies, ctx, uid),
  };
}

export type InteractionPages = ReturnType<typeof createInteractionPages>;
