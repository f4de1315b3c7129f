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

export interface SignInTripDependencies {
  readonly site: SitePages;
  readonly keyring: Keyring;
  readonly issuer: string;
  readonly ensureClient: EnsurePanelClient;
  readonly now: () => Date;
}

export interface TripOptions {
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

const tripState = z.object({
  verifier: z.string(),
  nonce: z.string(),
  returnTo: z.string().startsWith(panelPath),
  browser: z.string(),
  startedAt: z.int(),
});

export type Trip = z.output<typeof tripState>;

export function createSignInTrip(dependencies: SignInTripDependencies) {
  const { site, keyring, issuer, ensureClient, now } = dependencies;
  const nowSeconds = () => Math.floor(now().getTime() / 1000);

  function open(state: string): Trip | undefined {
    try {
      return tripState.parse(JSON.parse(keyring.open(state, context).toString()));
    } catch (error) {
      if (error instanceof AppError) return undefined;
      throw error;
    }
  }

  return {
    /** Redirects to the authorization endpoint; without a prompt if the user is signed in. */
    async begin(ctx: Context, options: TripOptions): Promise<void> {
      const { returnTo, maxAgeSeconds, switchesUser = false } = options;
      await ensureClient();
      const verifier = randomToken();
      const nonce = randomToken(16);
      const browser = sha256Text(site.visitor(ctx));
      const trip: Trip = { verifier, nonce, returnTo, browser, startedAt: nowSeconds() };
      const query = new URLSearchParams({
        client_id: panelClientId,
        redirect_uri: `${issuer}${callbackPath}`,
        response_type: 'code',
        scope: panelScope,
        resource: managementAudience(issuer),
        state: keyring.seal(JSON.stringify(trip), context),
        nonce,
        code_challenge: sha256Text(verifier),
        code_challenge_method: 'S256',
        ...(maxAgeSeconds === undefined ? {} : { max_age: String(maxAgeSeconds) }),
        ...(switchesUser ? { prompt: 'login' } : {}),
      });
      site.redirect(ctx, `/oauth2/authorize?${query.toString()}`);
    },
    /** @throws AppError `expired` for a response that this browser did not request */
    end(ctx: Context): Trip & { readonly code: string | undefined } {
      const query = new URLSearchParams(ctx.querystring);
      const trip = open(query.get('state') ?? '');
      const isOurs =
        trip !== undefined &&
        trip.browser === sha256Text(site.visitor(ctx)) &&
        trip.startedAt > nowSeconds() - lifetimeSeconds &&
        query.get('iss') === issuer;
      if (!isOurs) throw new AppError('expired', 'This sign-in has expired. Please start again.');
      return { ...trip, code: query.get('code') ?? undefined };
    },
  };
}

export type SignInTrip = ReturnType<typeof createSignInTrip>;
