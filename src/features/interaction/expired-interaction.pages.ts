// The page for an interaction that can no longer be used.
import { errors } from 'oidc-provider';
import type { Clients } from '#core/clients/clients.service.ts';
import type { Client } from '#core/clients/clients.ts';
import type { Context, Next } from '#http/context.ts';
import { createTranslator, defaultLocale } from '#http/i18n/locales.ts';
import type { Render } from '#http/rendering/render.ts';
import type { NextLink } from '#http/rendering/views/view-types.ts';
import { readInteractionTrace } from '#oidc/adapters/interaction-adapter.ts';
import type { ShortLivedStore } from '#platform/short-lived/short-lived.ts';
import { viewOf } from './client-view.pages.ts';

export interface ExpiredPageDependencies {
  readonly clients: Clients;
  readonly shortLived: ShortLivedStore;
  readonly render: Render;
}

/** Shows the page; the client is named from its registration only. */
export type ShowExpired = (ctx: Context, uid: string) => Promise<void>;

export function createExpiredPage(dependencies: ExpiredPageDependencies): ShowExpired {
  const { clients, shortLived, render } = dependencies;

  return async function showExpired(ctx, uid) {
    const trace = uid === '' ? undefined : await readInteractionTrace(shortLived, uid);
    const client = trace?.clientId === undefined ? undefined : await clients.find(trace.clientId);
    const t = createTranslator(ctx.state.locale ?? defaultLocale);
    const href = client && returnUrl(client);
    const label = trace?.finished ? 'expired.finished.again' : 'expired.again';
    const nextLink: NextLink | undefined = href ? { href, label: t(label) } : undefined;
    const locals = {
      requestId: ctx.state.requestId,
      finished: trace?.finished,
      clientName: client && viewOf(client).name,
      nextLink,
    };
    const title = trace?.finished ? 'expired.finished.heading' : 'expired.title';
    render(ctx, 'expired', locals, { status: 400, title });
  };
}

/**
 * Middleware: shows the page if the interaction of the request has ended, has expired or belongs to
 * another browser.
 */
export function explainEnd(showExpired: ShowExpired) {
  return async (ctx: Context, next: Next): Promise<void> => {
    try {
      await next();
    } catch (error) {
      if (!(error instanceof errors.SessionNotFound)) throw error;
      await showExpired(ctx, String(ctx['params']?.uid ?? ''));
    }
  };
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
