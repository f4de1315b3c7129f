// Pages that oidc-provider requests: errors that cannot be returned to the client, and logout.
import { errors, type ErrorOut, type KoaContextWithOIDC } from 'oidc-provider';
import { createTranslator, defaultLocale, type MessageKey } from '#http/i18n/locales.ts';
import type { Render } from '#http/rendering/render.ts';
import type { ProviderPages } from '#oidc/provider-hooks.ts';
import { requireText } from '#oidc/adapters/payload.ts';
import { logoutFormSecret } from '#oidc/patches/private-members.ts';
import type { BrowserAccounts } from '#oidc/sessions/browser-accounts.ts';
import { createOtherSignOuts } from '#oidc/sessions/other-sign-outs.ts';
import { isVouchedFor, redirectAfterLogout, signOutNow } from '#oidc/sign-in/sign-out.ts';
import type { ShortLivedStore } from '#platform/short-lived/short-lived.ts';
import type { Client } from '#core/clients/clients.ts';
import type { Clients } from '#core/clients/clients.service.ts';
import type { Locale } from '#http/i18n/languages.ts';
import { showExpired } from './expired.pages.ts';
import { startUrl, viewOf } from './registered-client.pages.ts';
import { stayPath } from './sign-out.pages.ts';
import type { ClientView } from '#http/rendering/client-view.ts';
import { defineView } from '#http/rendering/view.ts';
import { errorView, homeLink, type NextLink } from '#http/rendering/error-view.ts';
import { hintForDeveloper, type UnregisteredAddress } from './developer-hints.pages.ts';

export interface SignOutLocals {
  readonly action: string;
  readonly xsrf: string;
  readonly stayAction: string;
  readonly client?: ClientView | undefined;
  readonly clientId?: string | undefined;
  /** The account that is signed out. */
  readonly email?: string | undefined;
  /** True if other accounts are signed in in this browser. */
  readonly hasOthers?: boolean | undefined;
}

export const signOutView = defineView<SignOutLocals>('interaction/sign-out');

export interface SignedOutLocals {
  readonly client?: ClientView | undefined;
  /** Set unless `returnHref` leads to the sign-in as well. */
  readonly againHref?: string | undefined;
  readonly returnHref?: string | undefined;
}

export const signedOutView = defineView<SignedOutLocals>('interaction/signed-out');

function sentenceOf(code: string, wrongAddress: boolean): MessageKey {
  if (wrongAddress) return 'error.message.wrong_address';
  return sentences[code] ?? 'error.message.invalid_input';
}

/** The unregistered redirect URI that the client sent, if that is what caused the error. */
function unregisteredAddress(
  ctx: KoaContextWithOIDC,
  error: Error,
): UnregisteredAddress | undefined {
  const parameter = parameterOf(ctx, error);
  const value = parameter === undefined ? undefined : ctx.oidc?.params?.[parameter];
  return parameter !== undefined && typeof value === 'string' ? { parameter, value } : undefined;
}

function parameterOf(
  { oidc }: KoaContextWithOIDC,
  error: Error,
): UnregisteredAddress['parameter'] | undefined {
  if (error instanceof errors.InvalidRedirectUri) return 'redirect_uri';
  // oidc-provider has no error class for an unregistered `post_logout_redirect_uri`.
  const isLogout = oidc?.route === 'end_session' && error instanceof errors.InvalidRequest;
  return isLogout && error.error_description === 'post_logout_redirect_uri not registered'
    ? 'post_logout_redirect_uri'
    : undefined;
}

/** Error detail for the client's developer; internal errors expose none. */
function detailOf({ error, error_description: description }: ErrorOut): string | undefined {
  return error === 'server_error' ? undefined : description;
}

export interface ProviderPagesDependencies {
  readonly basePath: string;
  readonly developmentPages: boolean;
  readonly render: Render;
  readonly clients: Clients;
  readonly shortLived: ShortLivedStore;
  readonly browserAccounts: BrowserAccounts;
}

/** Sentences for end users; the error code next to them is for developers. */
const sentences: Partial<Record<string, MessageKey>> = {
  invalid_client: 'error.message.client_not_found',
  server_error: 'error.message.internal',
};

export function createProviderPages(
  dependencies: ProviderPagesDependencies,
): Omit<ProviderPages, 'deviceApproved' | 'deviceEnded'> {
  const { basePath, developmentPages, render, clients, browserAccounts } = dependencies;
  const others = createOtherSignOuts(browserAccounts);

  /** Also called for errors that occur before oidc-provider has a context. */
  async function clientOf(ctx: Partial<Pick<KoaContextWithOIDC, 'oidc'>>) {
    const clientId = ctx.oidc?.client?.clientId;
    return clientId === undefined ? undefined : clients.find(clientId);
  }

  async function appOf(ctx: KoaContextWithOIDC) {
    const client = await clientOf(ctx);
    return client && viewOf(client);
  }

  /** The registered page of the client, never a URL from the request. */
  function wayOn(client: Client | undefined, locale: Locale | undefined): NextLink {
    const app = client && viewOf(client);
    if (app?.uri === undefined) return homeLink(basePath, locale);
    const t = createTranslator(locale ?? defaultLocale);
    return { href: app.uri, label: t('signed-out.return.client', { client: app.name }) };
  }

  return {
    async renderError(ctx, out, error) {
      if (error instanceof errors.SessionNotFound) {
        const uid = ctx['params']?.uid;
        return showExpired(dependencies, ctx, typeof uid === 'string' ? uid : '');
      }
      const t = createTranslator(ctx.state.locale ?? defaultLocale);
      const { status } = ctx;
      const wrong = unregisteredAddress(ctx, error);
      const client = out.error === 'server_error' ? undefined : await clientOf(ctx);
      const locals = {
        code: out.error,
        message: t(sentenceOf(out.error, wrong !== undefined)),
        requestId: ctx.state.requestId,
        detail: wrong?.value ?? detailOf(out),
        nextLink: wayOn(client, ctx.state.locale),
        developerHint: developmentPages
          ? hintForDeveloper({ code: out.error, wrong, client })
          : undefined,
      };
      return render(ctx, errorView, locals, { status });
    },
    async confirmSignOut(ctx) {
      if (isVouchedFor(ctx)) return signOutNow(ctx);
      // The hint means another account of this browser, and the active one stays signed in.
      if (await others.endHinted(ctx)) return redirectAfterLogout(ctx);
      const isOneOfMany = browserAccounts.mayHaveOthers(ctx);
      const accounts = isOneOfMany ? await browserAccounts.list(ctx) : [];
      return render(ctx, signOutView, {
        action: ctx.oidc.urlFor('end_session_confirm'),
        xsrf: requireText(logoutFormSecret(ctx), 'the secret of the sign-out form'),
        stayAction: `${basePath}${stayPath}`,
        client: await appOf(ctx),
        clientId: ctx.oidc.client?.clientId,
        email: accounts.find(({ state }) => state === 'active')?.email,
        hasOthers: accounts.some(({ state }) => state === 'parked'),
      });
    },
    async signedOut(ctx) {
      const client = await clientOf(ctx);
      const app = client && viewOf(client);
      const again = (client && startUrl(client)) ?? `${basePath}/auth/sign-in`;
      const againHref = again === app?.uri ? undefined : again;
      render(ctx, signedOutView, { client: app, returnHref: app?.uri, againHref });
    },
  };
}
