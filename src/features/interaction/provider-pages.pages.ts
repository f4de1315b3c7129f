// Pages that oidc-provider requests: errors that cannot be returned to the client, and logout.
import { errors, type ErrorOut, type KoaContextWithOIDC } from 'oidc-provider';
import { createTranslator, defaultLocale, type MessageKey } from '#http/i18n/locales.ts';
import type { Render } from '#http/rendering/render.ts';
import type { ProviderPages } from '#oidc/provider-hooks.ts';
import { requireText } from '#oidc/adapters/payload.ts';
import { logoutFormSecret } from '#oidc/patches/private-members.ts';
import { isVouchedFor, signOutNow } from '#oidc/sign-in/sign-out.ts';
import type { ShortLivedStore } from '#platform/short-lived/short-lived.ts';
import type { Clients } from '#core/clients/clients.service.ts';
import { showExpired } from './expired.pages.ts';
import { viewOf } from './registered-client.pages.ts';
import { stayPath } from './sign-out.pages.ts';
import type { ClientView } from '#http/rendering/client-view.ts';
import { defineView } from '#http/rendering/view.ts';
import { errorView } from '#http/rendering/error-view.ts';

export interface SignOutLocals {
  readonly action: string;
  readonly xsrf: string;
  readonly stayAction: string;
  readonly client?: ClientView | undefined;
  readonly clientId?: string | undefined;
}

export const signOutView = defineView<SignOutLocals>('interaction/sign-out');

export interface SignedOutLocals {
  readonly client?: ClientView | undefined;
  readonly returnHref?: string | undefined;
}

export const signedOutView = defineView<SignedOutLocals>('interaction/signed-out');

function sentenceOf(code: string, wrongAddress: boolean): MessageKey {
  if (wrongAddress) return 'error.message.wrong_address';
  return sentences[code] ?? 'error.message.invalid_input';
}

/** The unregistered redirect URI that the client sent, if that is what caused the error. */
function unregisteredAddress(ctx: KoaContextWithOIDC, error: Error): string | undefined {
  const name = parameterOf(ctx, error);
  const sent = name === undefined ? undefined : ctx.oidc?.params?.[name];
  return typeof sent === 'string' ? sent : undefined;
}

function parameterOf({ oidc }: KoaContextWithOIDC, error: Error): string | undefined {
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
  readonly render: Render;
  readonly clients: Clients;
  readonly shortLived: ShortLivedStore;
}

/** Sentences for end users; the error code next to them is for developers. */
const sentences: Partial<Record<string, MessageKey>> = {
  invalid_client: 'error.message.client_not_found',
  server_error: 'error.message.internal',
};

export function createProviderPages(dependencies: ProviderPagesDependencies): ProviderPages {
  const { basePath, render, clients } = dependencies;

  async function appOf(ctx: KoaContextWithOIDC) {
    const clientId = ctx.oidc.client?.clientId;
    const client = clientId === undefined ? undefined : await clients.find(clientId);
    return client && viewOf(client);
  }

  return {
    async renderError(ctx, out, error) {
      if (error instanceof errors.SessionNotFound) {
        const uid = ctx['params']?.uid;
        return showExpired(dependencies, ctx, typeof uid === 'string' ? uid : '');
      }
      const t = createTranslator(ctx.state.locale ?? defaultLocale);
      const { status } = ctx;
      const unregistered = unregisteredAddress(ctx, error);
      const locals = {
        code: out.error,
        message: t(sentenceOf(out.error, unregistered !== undefined)),
        requestId: ctx.state.requestId,
        detail: unregistered ?? detailOf(out),
      };
      return render(ctx, errorView, locals, { status });
    },
    async confirmSignOut(ctx) {
      if (isVouchedFor(ctx)) return signOutNow(ctx);
      return render(ctx, signOutView, {
        action: ctx.oidc.urlFor('end_session_confirm'),
        xsrf: requireText(logoutFormSecret(ctx), 'the secret of the sign-out form'),
        stayAction: `${basePath}${stayPath}`,
        client: await appOf(ctx),
        clientId: ctx.oidc.client?.clientId,
      });
    },
    async signedOut(ctx) {
      const client = await appOf(ctx);
      render(ctx, signedOutView, { client, returnHref: client?.uri });
    },
  };
}
