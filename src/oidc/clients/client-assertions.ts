// Checks of client assertions beyond those of oidc-provider (RFC 7523, FAPI 2.0 §5.3.2.1-8).
import { errors, type KoaContextWithOIDC } from 'oidc-provider';
import { acceptsTokenEndpointAudience } from './client-policies.ts';

/** Maximum lifetime of an assertion, in seconds. Its `jti` must be stored for as long. */
export const assertionMaxSeconds = 600;
const clockToleranceSeconds = 15;
/** Maximum number of seconds by which a client's clock may be ahead (FAPI 2.0 §5.3.2.1-13). */
const clockAheadSeconds = 60;
/** Asymmetric only: the stored hash of a client secret must never serve as a key. */
export const assertionAlgorithms = ['ES256', 'PS256', 'RS256', 'EdDSA', 'Ed25519'] as const;
/** Headers that supply a key. They are refused, since keys must be registered. */
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
      throw new errors.InvalidClientAuth('the assertion was issued in the future (iat)');
    }
    if (typeof claims.exp !== 'number' || claims.exp > latest) {
      throw new errors.InvalidClientAuth('the lifetime of the assertion is too long (exp)');
    }
    if (foreignKeyHeaders.some((name) => name in header)) {
      throw new errors.InvalidClientAuth('the assertion header must not supply a key');
    }
  };
}

/**
 * The audience must be one string, since an array would let each of its members present the
 * assertion to the others. It is the issuer, or the token endpoint for a client registered to use
 * it (OpenID Connect Core §9), which may also name the endpoint for backchannel requests there
 * (OpenID CIBA Core §7.1).
 */
function assertAudience({ oidc }: KoaContextWithOIDC, audience: unknown): void {
  if (audience === oidc.issuer) return;
  const isRelaxed = oidc.client !== undefined && acceptsTokenEndpointAudience(oidc.client);
  if (isRelaxed && audience === oidc.urlFor('token')) return;
  const backchannel = 'backchannel_authentication';
  if (isRelaxed && oidc.route === backchannel && audience === oidc.urlFor(backchannel)) return;
  const accepted = isRelaxed ? 'issuer identifier or the token endpoint' : 'issuer identifier';
  throw new errors.InvalidClientAuth(`audience (aud) must be one string, the ${accepted}`);
}
