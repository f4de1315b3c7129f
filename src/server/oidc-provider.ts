// Creates the oidc-provider instance, with pages for the server and without them for the command line.
import type { ProviderPages } from '#oidc/provider-hooks.ts';
import { createBackchannelPing } from '#oidc/asynchronous/backchannel-ping.ts';
import { createBackchannelLogout } from '#oidc/sign-in/backchannel-logout.ts';
import { createJwtAccessTokens, type JwtAccessTokens } from '#oidc/tokens/jwt-access-tokens.ts';
import { createAccountCookie } from '#oidc/sessions/account-cookie.ts';
import { createBrowserAccounts, type BrowserAccounts } from '#oidc/sessions/browser-accounts.ts';
import { createProvider, type CreatedProvider } from '#oidc/provider.ts';
import { replaceSigningKeys } from '#oidc/patches/signing-keys.ts';
import { createSignInVersion, type SignInVersion } from '#oidc/sign-in/security-version.ts';
import { createCookieSigner } from '#platform/crypto/cookie-signer.ts';
import { createOutboundFetch } from '#platform/outbound/outbound-fetch.ts';
import type { Services } from './composition.ts';

export interface OidcProvider extends CreatedProvider {
  readonly jwts: JwtAccessTokens;
  readonly signInVersion: SignInVersion;
}

export function createAccounts(services: Services): BrowserAccounts {
  const { config, keyring } = services;
  const accountCookie = createAccountCookie({ issuerUrl: config.issuerUrl, keyring });
  return createBrowserAccounts({ ...services, accountCookie });
}

export async function createOidcProvider(
  services: Services,
  pages: ProviderPages = noPages,
): Promise<OidcProvider> {
  const { config, signingKeySet, now } = services;
  await signingKeySet.load();
  const jwts = createJwtAccessTokens({
    issuer: config.issuer,
    keys: signingKeySet,
    revocation: services.tokenRevocation,
    keyring: services.keyring,
    now,
  });
  const fetch = createOutboundFetch({
    allow: config.outboundAllow,
    observation: services.observation,
  });
  const signInVersion = createSignInVersion();
  const { provider, directAnswers, authorizeDirectly } = createProvider({
    ...services,
    extraClaims: services.supplements,
    fetch,
    jwks: { keys: [...signingKeySet.current().signing] },
    jwts,
    signInVersion,
    pages,
    browserAccounts: createAccounts(services),
    cookieSigner: createCookieSigner(config.cookieKeys),
    stores: services,
  });
  signingKeySet.subscribe((keys) => replaceSigningKeys(provider, keys));
  const logout = createBackchannelLogout({ provider, fetch });
  services.outboxWorker.registerHandler('backchannel_logout', logout);
  const ping = createBackchannelPing({ provider, fetch, now });
  services.outboxWorker.registerHandler('backchannel_ping', ping);
  return { provider, directAnswers, authorizeDirectly, jwts, signInVersion };
}

const noPages: ProviderPages = {
  renderError: refusePage,
  confirmSignOut: refusePage,
  signedOut: refusePage,
  deviceApproved: refusePage,
  deviceEnded: refusePage,
};

function refusePage(): never {
  throw new TypeError('pages are available in the server only');
}
