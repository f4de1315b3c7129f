// The page for an interaction that is completed, has expired or belongs to another browser.
import { errors } from 'oidc-provider';
import { createTranslator, defaultLocale, type Translate } from '#http/i18n/locales.ts';
import type { Context, Next } from '#http/context.ts';
import { homeLink, type NextLink } from '#http/rendering/error-view.ts';
import type { Render } from '#http/rendering/render.ts';
import { defineView } from '#http/rendering/view.ts';
import { readInteractionTrace } from '#oidc/adapters/interaction-adapter.ts';
import type { ShortLivedStore } from '#platform/short-lived/short-lived.ts';
import type { Client } from '#core/clients/clients.ts';
import type { Clients } from '#core/clients/clients.service.ts';
import { startUrl, viewOf } from './registered-client.pages.ts';

export interface ExpiredLocals {
  readonly requestId: string;
  /** True if it was completed and the user navigated back to it, so it did not expire. */
  readonly finished?: boolean | undefined;
  readonly clientName?: string | undefined;
  readonly nextLink: NextLink;
}

export const expiredView = defineView<ExpiredLocals>('interaction/expired');

export interface ExpiredPageDependencies {
  readonly basePath: string;
  readonly shortLived: ShortLivedStore;
  readonly clients: Clients;
  readonly render: Render;
}

/**
 * Middleware: shows the page if the interaction of the request has ended, has expired or belongs to
 * another browser.
 */
export function explainEnd(dependencies: ExpiredPageDependencies) {
  return async (ctx: Context, next: Next): Promise<void> => {
    try {
      await next();
    } catch (error) {
      if (!(error instanceof errors.SessionNotFound)) throw error;
      await showExpired(dependencies, ctx, String(ctx['params']?.uid ?? ''));
    }
  };
}

/** Names the client from its registration only, since the request can no longer be trusted. */
export async function showExpired(
  { basePath, shortLived, clients, render }: ExpiredPageDependencies,
  ctx: Context,
  uid: string,
): Promise<void> {
  const trace = uid === '' ? undefined : await readInteractionTrace(shortLived, uid);
  const client = trace?.clientId === undefined ? undefined : await clients.find(trace.clientId);
  const t = createTranslator(ctx.state.locale ?? defaultLocale);
  const locals = {
    requestId: ctx.state.requestId,
    finished: trace?.finished,
    clientName: client && viewOf(client).name,
    nextLink:
      (client && linkTo(client, t, trace?.finished)) ?? homeLink(basePath, ctx.state.locale),
  };
  const title = trace?.finished ? 'expired.finished.heading' : 'expired.title';
  render(ctx, expiredView, locals, { status: 400, title });
}

/** `undefined` for a client without a page that the user can open. */
function linkTo(client: Client, t: Translate, isFinished = false): NextLink | undefined {
  const href = startUrl(client);
  if (href === undefined) return undefined;
  const { name } = viewOf(client);
  return {
    href,
    label: isFinished ? t('expired.finished.again') : t('client.cancel', { client: name }),
  };
}
