// What we ask of a client assertion beyond the engine's checks (RFC 7523, FAPI 2.0 5.3.2.1-8).
import { errors, type KoaContextWithOIDC } from 'oidc-provider';
import { acceptsTokenEndpointAudience } from './client-policies.ts';

/** An assertion may live this long; a longer one would have to be remembered as long. */
export const assertionMaxSeconds = 600;
const clockToleranceSeconds = 15;
/** A client's clock may be ahead of ours by less than this (FAPI 2.0 5.3.2.1-13). */
const clockAheadSeconds = 60;
/** With a key pair: the stored hash of a secret must never become a key. */
export const assertionAlgorithms = ['ES256', 'PS256', 'RS256', 'EdDSA'] as const;
/** Headers that bring a key along: ours are registered, never sent. */
export const foreignKeyHeaders = ['jku', 'x5u', 'jwk', 'x5c', 'crit'];

interface Claims {
  readonly aud?: unknown;
  readonly exp?: unknown;
  readonly sub?: unknown;
  readonly iat?: unknown;
}

export function createAssertionCheck({ now }: { now: () => Date }) {
  return async (ctx: KoaContextWithOIDC, claims: Claims, header: object): Promise<void> => {
    assertAudience(ctx, claims.aud);
    if (claims.sub !== ctx.oidc.client?.clientId) {
      throw new errors.InvalidClientAuth('sub (JWT subject) must be the client_id');
    }
    const latest = now().getTime() / 1000 + assertionMaxSeconds + clockToleranceSeconds;
    const soonest = now().getTime() / 1000 + clockAheadSeconds;
    if (claims.iat !== undefined && (typeof claims.iat !== 'number' || claims.iat > soonest)) {
      throw new errors.InvalidClientAuth('the assertion was made in the future');
    }
    if (typeof claims.exp !== 'number' || claims.exp > latest) {
      throw new errors.InvalidClientAuth('the assertion lives too long');
    }
    if (foreignKeyHeaders.some((name) => name in header)) {
      throw new errors.InvalidClientAuth('the assertion brings a key along');
    }
  };
}

/**
 * The audience is one string: an array could be presented to each of its members. It is the issuer,
 * or the token endpoint for a client that is registered for it (OIDC Core §9).
 */
function assertAudience({ oidc }: KoaContextWithOIDC, audience: unknown): void {
  if (audience === oidc.issuer) return;
  const isRelaxed = oidc.client !== undefined && acceptsTokenEndpointAudience(oidc.client);
  if (isRelaxed && audience === oidc.urlFor('token')) return;
  const accepted = isRelaxed ? 'issuer identifier or the token endpoint' : 'issuer identifier';
  throw new errors.InvalidClientAuth(`audience (aud) must be one string, the ${accepted}`);
}
