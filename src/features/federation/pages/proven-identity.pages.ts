// The identity that a provider has authenticated, kept until the user signs in, creates an account
// or links it. It is stored per browser and flow: an interaction, or the account area.
import type { SignInContext } from '#features/interaction/sign-in-context.pages.ts';
import type {
  PendingSignIn,
  UpstreamRequests,
} from '#features/federation/upstream-requests.service.ts';
import type { ProviderImage } from '#http/rendering/provider-choice.ts';
import type { ProviderButtons } from './provider-buttons.pages.ts';

export interface ProvenIdentityDependencies {
  readonly providerButtons: ProviderButtons;
  readonly upstreamRequests: UpstreamRequests;
}

export function createProvenIdentities({
  providerButtons,
  upstreamRequests,
}: ProvenIdentityDependencies) {
  return {
    async find({ ctx, flow }: SignInContext): Promise<PendingSignIn | undefined> {
      const browser = providerButtons.knownBrowser(ctx);
      return browser === undefined ? undefined : upstreamRequests.findProven(browser, flow);
    },
    /** The logo of the provider that authenticated the identity. */
    logoOf: ({ issuer }: Pick<PendingSignIn, 'issuer'>): ProviderImage =>
      providerButtons.logo(issuer),
    async drop({ ctx, flow }: SignInContext): Promise<void> {
      const browser = providerButtons.knownBrowser(ctx);
      if (browser !== undefined) await upstreamRequests.dropProven(browser, flow);
    },
  };
}

export type ProvenIdentities = ReturnType<typeof createProvenIdentities>;

/** Returns to the sign-in page, which shows the problem. */
export function startAgain(context: SignInContext, problem = 'with-expired'): void {
  context.redirect('', `?problem=${problem}`);
}
