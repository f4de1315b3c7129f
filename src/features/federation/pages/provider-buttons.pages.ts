// Sign-in buttons of the identity providers, Google One Tap, and the cookies that bind a federated
// sign-in to the browser.
import type { Context } from '#http/context.ts';
import { createTokenCookie, type TokenCookie } from '#http/token-cookie.ts';
import type { OneTap, ProviderButton, ProviderImage } from '#http/rendering/provider-choice.ts';
import type { SitePages } from '#http/site-pages.ts';
import { randomToken } from '#platform/crypto/hashing.ts';
import type { SignInProvider } from '#config/kinds/sign-in-providers.ts';
import type { UpstreamRequests } from '#features/federation/upstream-requests.service.ts';
import { imageOf } from './provider-images.pages.ts';
import type { Providers } from '#features/federation/providers.service.ts';

export interface ProviderButtonDependencies {
  readonly site: SitePages;
  readonly providers: Providers;
  readonly upstreamRequests: UpstreamRequests;
  readonly issuerUrl: URL;
}

export function createProviderButtons(dependencies: ProviderButtonDependencies) {
  const { site, providers, upstreamRequests, issuerUrl } = dependencies;
  const browserCookie = createTokenCookie({ issuerUrl, name: 'with' });

  function browser(ctx: Context): string {
    const known = browserCookie.read(ctx);
    const token = known ?? randomToken();
    if (known === undefined) browserCookie.set(ctx, token);
    return token;
  }

  const button = (provider: SignInProvider): ProviderButton => ({
    id: provider.id,
    name: provider.name,
    action: site.address(`/auth/with/${provider.id}`),
    logo: imageOf(provider),
  });

  return {
    /** The secret that binds an upstream request to this browser; sets the cookie if needed. */
    browser,
    knownBrowser: (ctx: Context) => browserCookie.read(ctx),
    button,
    /** The buttons of all providers; an empty list is not shown. */
    get buttons(): readonly ProviderButton[] {
      return providers.list.map(button);
    },
    /** The logo of the provider with this issuer, which may no longer be configured. */
    logo: (issuer: string): ProviderImage =>
      imageOf(providers.list.find((each) => each.issuer === issuer)),
    /** Prepares Google One Tap for the sign-in page; `undefined` if it is not enabled. */
    async oneTap(ctx: Context, interaction?: string): Promise<OneTap | undefined> {
      const { tapped } = providers;
      if (!tapped) return undefined;
      const stays = site.staysByDefault;
      const purpose = { kind: 'sign-in', interaction, stays } as const;
      const nonce = await upstreamRequests.beginTap(
        { providerId: tapped.id, purpose },
        browser(ctx),
      );
      ctx.set('Content-Security-Policy', withGoogle(String(ctx.res.getHeader(policyHeader))));
      const loginUri = new URL(site.address(`/auth/with/${tapped.id}/one-tap`), issuerUrl).href;
      return { clientId: tapped.clientId, nonce, loginUri };
    },
  };
}

export type ProviderButtons = ReturnType<typeof createProviderButtons>;

const policyHeader = 'Content-Security-Policy';

/**
 * Sources that Google Identity Services require
 * (https://developers.google.com/identity/gsi/web/guides/get-google-api-clientid).
 */
const google = {
  'script-src': 'https://accounts.google.com/gsi/client',
  'style-src': 'https://accounts.google.com/gsi/style',
  'connect-src': 'https://accounts.google.com/gsi/',
  'frame-src': 'https://accounts.google.com/gsi/',
};

function withGoogle(policy: string): string {
  const added = Object.entries(google).reduce((text, [directive, source]) => {
    const has = text.includes(`${directive} `);
    return has
      ? text.replace(`${directive} `, `${directive} ${source} `)
      : `${text};${directive} ${source}`;
  }, policy);
  return added;
}

/** Cookie set while the user is linking an external identity to an existing account. */
export type LinkCookie = TokenCookie;

export function createLinkCookie({ issuerUrl }: { readonly issuerUrl: URL }): LinkCookie {
  return createTokenCookie({ issuerUrl, name: 'link' });
}
