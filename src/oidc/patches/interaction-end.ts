// Patch: the end of an interaction is stored before the response is sent, unless it was written
// together with an authorization code. oidc-provider has no hook between the two.
import type Provider from 'oidc-provider';
import type { InteractionEnd } from '#oidc/adapters/interaction-adapter.ts';

export function writeInteractionEnd(provider: Provider, interactionEnd: InteractionEnd): void {
  provider.use(async (_ctx: object, next: () => Promise<unknown>): Promise<void> => {
    try {
      await next();
    } finally {
      await interactionEnd.write();
    }
  });
}
