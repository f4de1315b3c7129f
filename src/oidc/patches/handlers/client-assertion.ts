// The check of a client assertion by oidc-provider, for direct answers (docs/decisions/0057).
import type { Client, KoaContextWithOIDC, Provider } from 'oidc-provider';
import checkAssertion from 'oidc-provider/lib/shared/jwt_client_auth.js';
import { keyStoreOf } from '#oidc/patches/private-members.ts';

/**
 * Checks an assertion of a client that uses `private_key_jwt`, whose audience is the issuer: its signature,
 * its claims and, last of all, that its id is new.
 * @throws InvalidClientAuth, also for every other audience
 */
export async function checkClientAssertion(
  provider: Provider,
  ctx: KoaContextWithOIDC,
  client: Client,
): Promise<void> {
  const { issuer } = provider;
  const audience = { clientJwtAuthExpectedAudience: () => new Set([issuer]), urlFor: () => issuer };
  const { route, params } = ctx.oidc;
  const oidc = { route, params, provider, issuer, client, ...audience };
  const own = { oidc } as unknown as KoaContextWithOIDC; // it reads nothing else
  await checkAssertion(own, keyStoreOf(client), isAsymmetric);
}

const isAsymmetric = (algorithm: string): boolean => !algorithm.startsWith('HS');
