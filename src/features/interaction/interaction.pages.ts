// Shared by the pages of an interaction: opening it, its form token, redirecting to the next step,
// and the page for an interaction that has ended.
import { errors } from 'oidc-provider';
import type { Client } from '#core/clients/clients.ts';
import type { CompleteSignIn } from '#core/sessions/authentication.ts';
import type { User } from '#core/users/users.ts';
import { presentClient, type ClientView } from '#http/rendering/client-view.ts';
import { describeConsent, type RequestLine } from '#http/rendering/scope-descriptions.ts';
import type { Context, Next } from '#http/context.ts';
import type { TokenCookie } from '#http/token-cookie.ts';
import type { Forms } from '#http/csrf.ts';
import { readForm, type Form } from '#http/request/input.ts';
import { chooseLocale, createTranslator, defaultLocale } from '#http/i18n/locales.ts';
import { titlesIn } from '#features/custom-attributes/titles.pages.ts';
import type { Render } from '#http/rendering/render.ts';
import type { BrowserSession } from '#oidc/sign-in/browser-session.ts';
import type { Interactions, NextStep, OpenInteraction } from '#oidc/sign-in/interactions.ts';
import type { Clients } from '#core/clients/clients.service.ts';
import type { Supplements } from '#features/custom-attributes/custom-attributes.service.ts';
import { defineView, type View } from '#http/rendering/view.ts';
import type { NextLink } from '#http/rendering/error-view.ts';

export interface ConsentLocals {
  readonly action: string;
  readonly formToken: string;
  readonly client: ClientView;
  readonly account: { readonly name?: string | undefined; readonly email: string };
  readonly requests: readonly RequestLine[];
  /** Access that was allowed before and is requested again; empty when nothing is new. */
  readonly known?: readonly RequestLine[] | undefined;
  readonly native?: boolean | undefined;
  readonly switchAction?: string | undefined;
}

export const consentView = defineView<ConsentLocals>('interaction/consent');

export interface ExpiredLocals {
  readonly requestId: string;
  /** True if it was completed and the user navigated back to it, so it did not expire. */
  readonly finished?: boolean | undefined;
  readonly clientName?: string | undefined;
  readonly nextLink?: NextLink | undefined;
}

export const expiredView = defineView<ExpiredLocals>('interaction/expired');

export interface InteractionPageDependencies {
  readonly basePath: string;
  readonly interactions: Interactions;
  readonly browserSession: BrowserSession;
  readonly clients: Clients;
  readonly forms: Forms;
  readonly render: Render;
  readonly supplements: Supplements;
  /** Set in a browser whose user is linking an external identity to the account they sign in to. */
  readonly linkMark: TokenCookie;
}

/** Locals that are the same for every page of an interaction. */
interface SharedLocals {
  readonly client?: ClientView | undefined;
  readonly formToken: string;
}

export function createInteractionPages(dependencies: InteractionPageDependencies) {
  const { basePath, interactions, browserSession, clients, forms } = dependencies;
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

  function sharedLocals({ uid, client, params }: OpenInteraction) {
    return { client: viewOf(client, params['redirect_uri']), formToken: forms.token(uid) };
  }

  function renderView<Locals extends SharedLocals>(
    ctx: Context,
    opened: OpenInteraction,
    view: View<Locals>,
    locals: NoInfer<Omit<Locals, keyof SharedLocals>>,
    status = 200,
  ): void {
    // The two parts add up to the type of the view, but TypeScript cannot combine generic types.
    const all = { ...locals, ...sharedLocals(opened) } as unknown as NoInfer<Locals>;
    render(ctx, view, all, { status });
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
      renderView(ctx, opened, consentView, {
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
    goOn(ctx: Context, opened: OpenInteraction, next: NextStep): void {
      ctx.status = 303;
      const onward = next.step === 'done' ? next.returnTo : address(opened);
      ctx.redirect(linkMark.read(ctx) ? address(opened, 'with/link/confirm') : onward);
    },
    /** Redirects to the result of the last completed step. */
    resume(ctx: Context, opened: OpenInteraction): void {
      ctx.status = 303;
      ctx.redirect(interactions.isSettled(opened) ? opened.engine.returnTo : address(opened));
    },
    formTokenOf: ({ uid }: OpenInteraction): string => forms.token(uid),
    /**
     * Shows a page with a way to start again if the interaction has ended, has expired or belongs
     * to another browser.
     */
    async explainEnd(ctx: Context, next: Next): Promise<void> {
      try {
        await next();
      } catch (error) {
        if (!(error instanceof errors.SessionNotFound)) throw error;
        await showExpired(ctx, String(ctx['params']?.uid ?? ''));
      }
    },
    showExpired,
  };

  /**
   * The page for every interaction that can no longer be used; the client is named from its
   * registration only.
   */
  async function showExpired(ctx: Context, uid: string): Promise<void> {
    const trace = uid === '' ? undefined : await interactions.trace(uid);
    const client = trace?.clientId === undefined ? undefined : await clients.find(trace.clientId);
    const t = createTranslator(ctx.state.locale ?? defaultLocale);
    const href = client && returnUrl(client);
    const label = trace?.finished ? 'expired.finished.again' : 'expired.again';
    const nextLink: NextLink | undefined = href ? { href, label: t(label) } : undefined;
    render(
      ctx,
      expiredView,
      {
        requestId: ctx.state.requestId,
        finished: trace?.finished,
        clientName: client && viewOf(client).name,
        nextLink,
      },
      { status: 400, title: trace?.finished ? 'expired.finished.heading' : 'expired.title' },
    );
  }
}

export type InteractionPages = ReturnType<typeof createInteractionPages>;

/** The registered client metadata that a page displays. */
export function viewOf(
  client: Pick<Client, 'clientId' | 'metadata'>,
  redirectUri?: unknown,
): ClientView {
  const text = (name: string) => {
    const value = client.metadata[name];
    return typeof value === 'string' ? value : undefined;
  };
  return presentClient({
    clientId: client.clientId,
    clientName: text('client_name'),
    logoUri: text('logo_uri'),
    policyUri: text('policy_uri'),
    tosUri: text('tos_uri'),
    clientUri: text('client_uri'),
    redirectUri: typeof redirectUri === 'string' ? redirectUri : undefined,
    theme: client.metadata['theme'],
  });
}

/** Where the user can start the sign-in again: registered URLs only, never one from a request. */
function returnUrl({ metadata }: Client): string | undefined {
  const { initiate_login_uri: start, client_uri: home, redirect_uris: answers } = metadata;
  const [answer]: unknown[] = Array.isArray(answers) ? answers : [];
  const origin = typeof answer === 'string' ? URL.parse(answer)?.origin : undefined;
  return [start, home, origin].find(isWebAddress);
}

function isWebAddress(value: unknown): value is string {
  const protocol = typeof value === 'string' ? URL.parse(value)?.protocol : undefined;
  return protocol === 'https:' || protocol === 'http:';
}
