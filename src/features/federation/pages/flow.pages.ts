// The flow to which a federated sign-in belongs: an interaction or the account pages. The
// authenticated identity is stored per browser and flow.
import type { KeptIdentity } from '#core/users/external-identity.ts';
import type { Context } from '#http/context.ts';
import type { InteractionPages } from '#features/interaction/interaction.pages.ts';
import type { OwnPages } from '#http/site-pages.ts';
import type { OpenInteraction } from '#oidc/sign-in/interactions.ts';
import type { UpstreamRequests } from '#features/federation/upstream-requests.service.ts';
import { ownPlace, type ProviderButtons } from './provider-buttons.pages.ts';

export interface Place {
  readonly name: string;
  readonly path: string;
  readonly open: OpenInteraction | undefined;
}

export interface PlaceDependencies {
  readonly own: OwnPages;
  readonly interaction: InteractionPages;
  readonly ways: ProviderButtons;
  readonly upstreamRequests: UpstreamRequests;
}

/** The flow of a sign-in to the account pages, outside of an interaction. */
export const own: Place = { name: ownPlace, path: '/auth/sign-in', open: undefined };

export function placeOf(open: OpenInteraction): Place {
  return { name: open.uid, path: `/auth/interaction/${open.uid}`, open };
}

export function createPlaces(dependencies: PlaceDependencies) {
  const { own: pages, interaction, ways, upstreamRequests } = dependencies;
  return {
    async proven(ctx: Context, { name }: Place): Promise<KeptIdentity | undefined> {
      const browser = ways.knownBrowser(ctx);
      return browser === undefined ? undefined : upstreamRequests.findProven(browser, name);
    },
    async drop(ctx: Context, { name }: Place): Promise<void> {
      const browser = ways.knownBrowser(ctx);
      if (browser !== undefined) await upstreamRequests.dropProven(browser, name);
    },
    startAgain(ctx: Context, { path }: Place, problem = 'with-expired'): void {
      pages.redirect(ctx, `${path}?problem=${problem}`);
    },
    formToken: (ctx: Context, { open }: Place): string =>
      open ? interaction.formTokenOf(open) : pages.formToken(ctx),
  };
}

export type Places = ReturnType<typeof createPlaces>;
