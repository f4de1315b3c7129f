// Where the buttons of other providers lead, and the cookies of a browser on the way there.
import type { Context } from '#http/context.ts';
import { createTokenCookie, type TokenCookie } from '#http/token-cookie.ts';
import type { OwnPages } from '#http/site-pages.ts';
import type { OneTap, ProviderButton } from '#http/rendering/views/federation-view-types.ts';
import { randomToken } from '#platform/crypto/hashing.ts';
import type { SignInProvider } from '#config/federation-settings.ts';
import type { ProviderTrips } from '#features/federation/upstream-requests.service.ts';
import type { Providers } from '#features/federation/providers.service.ts';

export interface ProviderWayDependencies {
  readonly own: OwnPages;
  readonly providers: Providers;
  readonly providerTrips: ProviderTrips;
  readonly issuerUrl: URL;
}

/** What our own pages are called where an interaction has its uid. */
export const ownPlace = 'own pages';

export function createProviderWays(dependencies: ProviderWayDependencies) {
  const { own, providers, providerTrips, issuerUrl } = dependencies;
  const browserCookie = createTokenCookie({ issuerUrl, name: 'with' });

  function browser(ctx: Context): string {
    const known = browserCookie.read(ctx);
    const token = known ?? randomToken();
    if (known === undefined) browserCookie.set(ctx, token);
    return token;
  }

  const button = ({ id, name }: SignInProvider): ProviderButton => ({
    id,
    name,
    action: own.address(`/auth/with/${id}`),
  });

  return {
    /** What tells this browser from others while somebody is at a provider; it gets one if need be. */
    browser,
    knownBrowser: (ctx: Context) => browserCookie.read(ctx),
    button,
    /** None: no list is shown. */
    buttons: providers.list.map(button),
    /** Google's own dialogue on the sign-in page, where it is set. */
    async oneTap(ctx: Context, interaction?: string): Promise<OneTap | undefined> {
      const { tapped } = providers;
      if (!tapped) return undefined;
      const purpose = { kind: 'sign-in', interaction } as const;
      const nonce = await providerTrips.beginTap({ providerId: tapped.id, purpose }, browser(ctx));
      ctx.set('Content-Security-Policy', withGoogle(String(ctx.res.getHeader(policyHeader))));
      const loginUri = new URL(own.address(`/auth/with/${tapped.id}/one-tap`), issuerUrl).href;
      return { clientId: tapped.clientId, nonce, loginUri };
    },
  };
}

export type ProviderWays = ReturnType<typeof createProviderWays>;

const policyHeader = 'Content-Security-Policy';

/** What Google Identity Services need (its setup guide, "Content Security Policy"). */
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

/** The mark of a browser in which somebody is about to show an account of theirs, to tie it. */
export type LinkMark = TokenCookie;

export function createLinkMark({ issuerUrl }: { readonly issuerUrl: URL }): LinkMark {
  return createTokenCookie({ issuerUrl, name: 'link' });
}
