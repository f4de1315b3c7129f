// Shared by the pages of an interaction: opening it, its form token, redirecting to the next step,
// and the page for an interaction that has ended.
import { errors } from 'oidc-provider';
import type { CompleteSignIn } from '#core/sessions/authentication.ts';
import type { User } from '#core/users/users.ts';
import { describeConsent } from '#http/rendering/scope-descriptions.ts';
import type { Context } from '#http/context.ts';
import type { TokenCookie } from '#http/token-cookie.ts';
import type { Forms } from '#http/csrf.ts';
import { readForm, type Form } from '#http/request/input.ts';
import {
  chooseLocale,
  createTranslator,
  defaultLocale,
  type MessageKey,
} from '#http/i18n/locales.ts';
import { titlesIn } from '#features/custom-attributes/titles.pages.ts';
import type { Render } from '#http/rendering/render.ts';
import type { PasskeyUrl } from '#http/rendering/views/account-view-types.ts';
import type { ViewLocals } from '#http/rendering/views/view-types.ts';
import type { BrowserSession } from '#oidc/sign-in/browser-session.ts';
import type { Interactions, NextStep, OpenInteraction } from '#oidc/sign-in/interactions.ts';
import type { Supplements } from '#features/custom-attributes/custom-attributes.service.ts';
import { viewOf } from './client-view.pages.ts';
import type { ShowExpired } from './expired-interaction.pages.ts';

export interface InteractionPageDependencies {
  readonly basePath: string;
  readonly interactions: Interactions;
  readonly browserSession: BrowserSession;
  readonly showExpired: ShowExpired;
  readonly forms: Forms;
  readonly render: Render;
  readonly supplements: Supplements;
  /** Set in a browser whose user is linking an external identity to the account they sign in to. */
  readonly linkMark: TokenCookie;
}

type InteractionView = 'sign-in' | 'second-factor' | 'register' | 'consent';
/** Locals computed by the page itself; the others are the same for every page of an interaction. */
type OwnLocals<View extends InteractionView> = Omit<ViewLocals[View], 'client' | 'formToken'>;

interface SecondFactorState {
  readonly problem?: MessageKey | undefined;
  readonly trouble?: MessageKey | undefined;
  readonly status?: number;
  readonly passkey?: PasskeyUrl | undefined;
}

export function createInteractionPages(dependencies: InteractionPageDependencies) {
  const { basePath, interactions, browserSession, showExpired, forms } = dependencies;
  const { render, linkMark, supplements } = dependencies;

  function address({ uid }: OpenInteraction, step?: string): string {
    return `${basePath}/auth/interaction/${uid}${step ? `/${step}` : ''}`;
  }

  async function open(ctx: Context): Promise<OpenInteraction> {
    const opened = await interactions.open(ctx.req, ctx.res, String(ctx['params'].uid));
    const uiLocales = opened.params['ui_locales'];
    ctx.state.locale = chooseLocale({
      uiLocales: typeof uiLocales === 'string' ? uiLocales : undefined,
      acceptLanguage: ctx.get('accept-language'),
    });
    return opened;
  }

  /** The account may have been blocked since the sign-in; the interaction has then ended. */
  async function requireAccount(opened: OpenInteraction): Promise<User> {
    const account = await interactions.account(opened);
    if (account) return account;
    throw new errors.SessionNotFound('the user is not active');
  }

  function renderView<View extends InteractionView>(
    ctx: Context,
    opened: OpenInteraction,
    view: View,
    locals: OwnLocals<View>,
    status = 200,
  ): void {
    const shared = {
      client: viewOf(opened.client, opened.params['redirect_uri']),
      formToken: forms.token(opened.uid),
    };
    // The cast is sound: `OwnLocals` and `shared` add up to the view's type, but TypeScript cannot
    // combine generic types.
    render(ctx, view, { ...locals, ...shared } as unknown as ViewLocals[View], { status });
  }

  return {
    address,
    open,
    render: renderView,
    account: interactions.account,
    signInOf: interactions.signInOf,
    /** The client that requested the sign-in, as the pages display it. */
    clientOf: ({ client, params }: OpenInteraction) => viewOf(client, params['redirect_uri']),
    /** If another user was signed in in this browser, that session is ended first. */
    async signedIn(
      ctx: Context,
      opened: OpenInteraction,
      signIn: CompleteSignIn,
      beside?: () => Promise<void>,
    ): Promise<NextStep> {
      const { sessionAccountId } = opened;
      if (sessionAccountId !== undefined && sessionAccountId !== signIn.user.id) {
        await browserSession.end(ctx);
        interactions.leaveSession(opened);
      }
      return interactions.signedIn(opened, signIn, beside);
    },
    allowed: interactions.allowed,
    denied: interactions.denied,
    /**
     * Opens the interaction of a submitted form, after checking that the form came from this site.
     */
    async openForm(ctx: Context): Promise<{ open: OpenInteraction; form: Form }> {
      const opened = await open(ctx);
      const form = await readForm(ctx);
      forms.requireSameOrigin(ctx, form, opened.uid);
      return { open: opened, form };
    },
    requireAccount,
    async showConsent(ctx: Context, opened: OpenInteraction): Promise<void> {
      const account = await requireAccount(opened);
      const { claims, email } = account;
      renderView(ctx, opened, 'consent', {
        action: address(opened, 'consent'),
        account: { name: claims.name, email },
        ...describeConsent(
          {
            asked: await interactions.accessAsked(opened),
            allowed: await interactions.accessAllowedBefore(opened, account.id),
          },
          createTranslator(ctx.state.locale ?? defaultLocale),
          titlesIn(supplements, ctx.state.locale ?? defaultLocale),
        ),
        native: opened.client.metadata['application_type'] === 'native',
        switchAction: address(opened, 'switch'),
      });
    },
    startAgain(ctx: Context, opened: OpenInteraction): void {
      ctx.status = 303;
      ctx.redirect(address(opened));
    },
    /** Shows the page for the second factor, after the password was verified. */
    showSecondFactor(
      ctx: Context,
      opened: OpenInteraction,
      { status, ...shown }: SecondFactorState,
    ): void {
      const action = address(opened, 'second-factor');
      const locals = { action, ...shown, againHref: address(opened) };
      renderView(ctx, opened, 'second-factor', locals, status);
    },
    goOn(ctx: Context, opened: OpenInteraction, next: NextStep): void {
      ctx.status = 303;
      const onward = next.step === 'done' ? next.returnTo : address(opened);
      ctx.redirect(linkMark.read(ctx) ? address(opened, 'with/link/confirm') : onward);
    },
    /** Redirects to the result of the last completed step. */
    resume(ctx: Context, opened: OpenInteraction): void {
      ctx.status = 303;
      ctx.redirect(interactions.isSettled(opened) ? opened.returnTo : address(opened));
    },
    formTokenOf: ({ uid }: OpenInteraction): string => forms.token(uid),
    showExpired,
  };
}

export type InteractionPages = ReturnType<typeof createInteractionPages>;
