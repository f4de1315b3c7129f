// What the consent page shows: the client, the account, and the access that is requested now or
// was allowed before. The decision is handled in consent.pages.ts.
import type { User } from '#core/users/users.ts';
import { createTranslator, type Locale } from '#http/i18n/locales.ts';
import type { ClientView } from '#http/rendering/client-view.ts';
import { describeConsent, type RequestLine } from '#http/rendering/scope-descriptions.ts';
import { defineView } from '#http/rendering/view.ts';
import { titlesIn } from '#features/custom-attributes/titles.pages.ts';
import type { CustomAttributes } from '#features/custom-attributes/custom-attributes.service.ts';
import { detailTitles } from '#http/rendering/consent/detail-titles.ts';
import type { Clients } from '#core/clients/clients.service.ts';
import type { Interactions, OpenInteraction } from '#oidc/sign-in/interactions.ts';

export interface ConsentLocals {
  readonly action: string;
  readonly formToken: string;
  readonly client: ClientView;
  readonly account: { readonly name?: string | undefined; readonly email: string };
  readonly requests: readonly RequestLine[];
  /** Access that was allowed before and is requested again; empty when nothing is new. */
  readonly known?: readonly RequestLine[] | undefined;
  /** True for an app on this device, whose redirect URI proves nothing. */
  readonly native?: boolean | undefined;
  /** Present if no operator registered the app. */
  readonly origin?: ClientOriginView | undefined;
  readonly switchAction?: string | undefined;
}

export interface ClientOriginView {
  /** The host of a client_id that is a URL. */
  readonly host?: string | undefined;
  /** The host that receives the response, unless it is named above or the app runs on the device. */
  readonly answerHost?: string | undefined;
}

export const consentView = defineView<ConsentLocals>('interaction/consent');

export interface ConsentViewDependencies {
  readonly interactions: Interactions;
  readonly supplements: CustomAttributes;
  readonly clients: Clients;
}

export async function presentConsent(
  { interactions, supplements, clients }: ConsentViewDependencies,
  open: OpenInteraction,
  account: User,
  locale: Locale,
) {
  const requested = {
    asked: await interactions.accessAsked(open),
    allowed: await interactions.accessAllowedBefore(open, account.id),
  };
  const titles = {
    ...titlesIn(supplements, locale),
    ofDetail: await detailTitles(clients, open.params, locale),
  };
  return {
    account: { name: account.claims.name, email: account.email },
    ...describeConsent(requested, createTranslator(locale), titles),
    origin: originOf(open),
    native: open.client.metadata['application_type'] === 'native',
  };
}

/** The facts by which the user can recognize the app, because its name proves nothing. */
function originOf({ client, params }: OpenInteraction): ClientOriginView | undefined {
  if (client.origin === undefined) return undefined;
  const host = client.origin === 'document' ? new URL(client.clientId).host : undefined;
  const { redirect_uri: uri } = params;
  const answer = typeof uri === 'string' ? URL.parse(uri) : null;
  const isElsewhere = answer?.protocol === 'https:' && answer.host !== host;
  return { host, answerHost: isElsewhere ? answer.host : undefined };
}
