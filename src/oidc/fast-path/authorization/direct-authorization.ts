// Answers an authorization request of a browser with a live session if a grant covers the request: the user
// need not be asked, and the browser returns to the client with a code. Every other request, in particular
// one that fails or shows a page, is left to the middleware and oidc-provider (docs/decisions/0065).
import type { Client, KoaContextWithOIDC, Provider } from 'oidc-provider';
import type { Context } from '#http/context.ts';
import { reportOutage } from '#oidc/adapters/database-outage.ts';
import { issueRedirect, lookupSteps } from '#oidc/patches/handlers/authorization-steps.ts';
import { runInContextOf } from '#oidc/patches/handlers/endpoint-steps.ts';
import { isReviewedVersion } from '#oidc/patches/overhead/engine-version.ts';
import type { ProviderHooks } from '#oidc/provider-hooks.ts';
import type { Form } from '#oidc/fast-path/form.ts';
import { createParameterCheck } from './checked-parameters.ts';
import { createInteractionNeed } from './interaction-need.ts';
import {
  createSessionRenewal,
  type SessionCookies,
  type SessionRenewalDependencies,
} from './session-renewal.ts';

export interface DirectAuthorizationDependencies extends SessionRenewalDependencies {
  readonly provider: Provider;
  readonly hooks: Pick<ProviderHooks, 'findCoveringGrant' | 'interactionPolicy'>;
}

export interface AuthorizationRequest {
  readonly ctx: Context;
  /** The parameters of the query. */
  readonly form: Form;
  /**
   * Counts the request for the rate limit. Called when nothing else can leave the request to oidc-provider.
   * @returns false if the client has sent too many
   */
  readonly admit: () => Promise<boolean>;
}

/** Sends the browser back to the client. */
export interface Redirect {
  /** The URL of the client, with the code. */
  readonly location: string;
  /** Values of `Set-Cookie`. */
  readonly cookies: readonly string[];
}

export function createDirectAuthorization(dependencies: DirectAuthorizationDependencies) {
  const { provider, hooks } = dependencies;
  const checkParameters = createParameterCheck();
  const needsInteraction = createInteractionNeed(hooks.interactionPolicy);
  const sessions = createSessionRenewal(dependencies);
  // Another version of oidc-provider may refuse more requests.
  const isReviewed = isReviewedVersion();

  /** True if the user is signed in and need not be asked about what the client requests. */
  async function isAllowed(ctx: KoaContextWithOIDC, client: Client): Promise<boolean> {
    const { oidc } = ctx;
    for (const step of lookupSteps) await step(ctx, async () => undefined);
    const grant = oidc.account && (await hooks.findCoveringGrant(ctx));
    if (!grant) return false;
    oidc.entity('Grant', grant);
    oidc.session?.ensureClientContainer(client.clientId);
    oidc.session?.grantIdFor(client.clientId, grant.jti);
    return !(await needsInteraction(ctx));
  }

  async function authorize(
    ctx: KoaContextWithOIDC,
    { form, admit }: AuthorizationRequest,
    cookies: SessionCookies,
  ): Promise<Redirect | undefined> {
    const { oidc } = ctx;
    const client = await reportOutage(() => provider.Client.find(form['client_id'] ?? ''));
    if (!client) return undefined;
    oidc.entity('Client', client);
    await checkParameters(ctx, client, form);
    const session = await sessions.load(cookies);
    if (!session?.accountId) return undefined;
    oidc.entity('Session', session);
    Object.assign(oidc, { session });
    if (!(await isAllowed(ctx, client)) || !(await admit())) return undefined;
    const location = await issueRedirect(ctx);
    return { location, cookies: await sessions.renew(ctx, session, cookies) };
  }

  /**
   * `undefined` if the middleware must answer.
   * @throws DatabaseOutage
   * @throws another error if the request is refused; the middleware must then answer. At most, a code was
   * stored that is never sent.
   */
  return async (request: AuthorizationRequest): Promise<Redirect | undefined> => {
    const { ctx, form } = request;
    const cookies = isReviewed ? sessions.read(ctx) : undefined;
    if (!cookies) return undefined;
    const input = { body: {}, params: { ...form } };
    return runInContextOf(provider, ctx, input, (own) => authorize(own, request, cookies));
  };
}

export type DirectAuthorization = ReturnType<typeof createDirectAuthorization>;
