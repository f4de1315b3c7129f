// Authorization requests to identity providers, as the pages start and finish them. The purpose of a
// request decides how the flow continues: with a sign-in, or on the account pages. Every failure
// leads back to the page on which the request started.
import { AppError } from '#platform/errors.ts';
import type { Context } from '#http/context.ts';
import type { CsrfProtection } from '#http/csrf.ts';
import type { SitePages, ProblemName } from '#http/site-pages.ts';
import { signInPath } from '#features/interaction/sign-in-paths.ts';
import type { Interactions } from '#oidc/sign-in/interactions.ts';
import type {
  ReauthenticationGate,
  ReauthenticationRecords,
} from '#http/reauthentication/reauthentication-gate.ts';
import type { Identities } from '#features/federation/identities.service.ts';
import type { ProviderClient } from '#features/federation/upstream/provider-client.service.ts';
import type {
  UpstreamRequests,
  UpstreamPurpose,
} from '#features/federation/upstream-requests.service.ts';
import type { Providers } from '#features/federation/providers.service.ts';
import type { ProviderButtons } from './provider-buttons.pages.ts';

export interface UpstreamPageDependencies {
  readonly site: SitePages;
  readonly csrf: CsrfProtection;
  readonly interactions: Interactions;
  readonly providerButtons: ProviderButtons;
  readonly providers: Providers;
  readonly upstreamRequests: UpstreamRequests;
  readonly identities: Identities;
  readonly reauthentication: ReauthenticationRecords;
  readonly component: ReauthenticationGate;
  readonly sessionMaxSeconds: number;
  readonly now: () => Date;
}

export interface UpstreamStart {
  readonly purpose: UpstreamPurpose;
  readonly maxAgeSeconds?: number | undefined;
  readonly loginHint?: string | undefined;
}

/** @throws AppError `not_found` unless the provider in the path is configured */
export function requireProvider(
  { providers }: UpstreamPageDependencies,
  ctx: Context,
): ProviderClient {
  const client = providers.find(String(ctx['params'].provider));
  if (client) return client;
  throw new AppError('not_found', 'Unknown sign-in provider.');
}

/** Redirects to the page on which the request started, which shows the problem. */
export function goBack(
  { site, identities }: UpstreamPageDependencies,
  ctx: Context,
  purpose: UpstreamPurpose,
  problem: ProblemName,
): void {
  // A user who cancels at the provider is not refused.
  if (purpose.kind === 'sign-in' && problem !== 'with-denied') identities.countRefusedSignIn();
  const path = purpose.kind === 'sign-in' ? signInPath(purpose.interaction) : purpose.back;
  site.redirect(ctx, `${path}?problem=${problem}`);
}

/** Redirects to the provider. */
export async function beginRequest(
  dependencies: UpstreamPageDependencies,
  ctx: Context,
  client: ProviderClient,
  { purpose, maxAgeSeconds, loginHint }: UpstreamStart,
): Promise<void> {
  const { upstreamRequests, providerButtons } = dependencies;
  const upstreamRequest = { providerId: client.provider.id, purpose, maxAgeSeconds };
  const begun = await upstreamRequests.begin(upstreamRequest, providerButtons.browser(ctx));
  const url = await client.begin({ ...begun, loginHint, locale: ctx.state.locale });
  if (!url) return goBack(dependencies, ctx, purpose, 'with-away');
  ctx.status = 303;
  ctx.redirect(url.href);
  return undefined;
}
