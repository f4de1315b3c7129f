// Sends an administrator to the authorization endpoint and reads the response. The state in between is in the
// parameter `state`, encrypted and bound to the browser that started.
import { z } from 'zod';
import type { Context } from '#http/context.ts';
import type { SitePages } from '#http/site-pages.ts';
import type { Keyring } from '#platform/crypto/encryption.ts';
import { randomToken, sha256Text } from '#platform/crypto/hashing.ts';
import { AppError } from '#platform/errors.ts';
import {
  callbackPath,
  panelClientId,
  panelPath,
  panelScope,
} from '#features/admin/panel-client.ts';
import { managementAudience } from '#core/clients/scopes.ts';
import type { EnsurePanelClient } from './panel-registration.pages.ts';

export interface PanelAuthorizationDependencies {
  readonly site: SitePages;
  readonly keyring: Keyring;
  readonly issuer: string;
  readonly ensureClient: EnsurePanelClient;
  readonly now: () => Date;
}

export interface PanelAuthorizationOptions {
  /** The page of the panel to show afterwards. */
  readonly returnTo: string;
  /** Maximum age of the user's authentication. */
  readonly maxAgeSeconds?: number;
  /** True: another user signs in. */
  readonly switchesUser?: boolean;
}

const context = 'panel sign-in';
/** Lifetime of the state; longer than that of an interaction. */
const lifetimeSeconds = 3600;

const requestState = z.object({
  verifier: z.string(),
  nonce: z.string(),
  returnTo: z.string().startsWith(panelPath),
  browser: z.string(),
  startedAt: z.int(),
});

export type RequestState = z.output<typeof requestState>;

export function createPanelAuthorization(dependencies: PanelAuthorizationDependencies) {
  const { site, keyring, issuer, ensureClient, now } = dependencies;
  const nowSeconds = () => Math.floor(now().getTime() / 1000);

  function open(state: string): RequestState | undefined {
    try {
      return requestState.parse(JSON.parse(keyring.open(state, context).toString()));
    } catch (error) {
      if (error instanceof AppError) return undefined;
      throw error;
    }
  }

  return {
    /** Redirects to the authorization endpoint; without a prompt if the user is signed in. */
    async begin(ctx: Context, options: PanelAuthorizationOptions): Promise<void> {
      const { returnTo, maxAgeSeconds, switchesUser = false } = options;
      await ensureClient();
      const verifier = randomToken();
      const nonce = randomToken(16);
      const browser = sha256Text(site.visitor(ctx));
      const request: RequestState = { verifier, nonce, returnTo, browser, startedAt: nowSeconds() };
      const query = new URLSearchParams({
        client_id: panelClientId,
        redirect_uri: `${issuer}${callbackPath}`,
        response_type: 'code',
        scope: panelScope,
        resource: managementAudience(issuer),
        state: keyring.seal(JSON.stringify(request), context),
        nonce,
        code_challenge: sha256Text(verifier),
        code_challenge_method: 'S256',
        ...(maxAgeSeconds === undefined ? {} : { max_age: String(maxAgeSeconds) }),
        ...(switchesUser ? { prompt: 'login' } : {}),
      });
      site.redirect(ctx, `/oauth2/authorize?${query.toString()}`);
    },
    /** @throws AppError `expired` for a response that this browser did not request */
    end(ctx: Context): RequestState & { readonly code: string | undefined } {
      const query = new URLSearchParams(ctx.querystring);
      const request = open(query.get('state') ?? '');
      const isOurs =
        request !== undefined &&
        request.browser === sha256Text(site.visitor(ctx)) &&
        request.startedAt > nowSeconds() - lifetimeSeconds &&
        query.get('iss') === issuer;
      if (!isOurs) throw new AppError('expired', 'This sign-in has expired. Please start again.');
      return { ...request, code: query.get('code') ?? undefined };
    },
  };
}

export type PanelAuthorization = ReturnType<typeof createPanelAuthorization>;
