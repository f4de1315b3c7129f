// Checks of signed request objects passed by value (RFC 9101), beyond those of oidc-provider.
import { errors, type KoaContextWithOIDC } from 'oidc-provider';
import { foreignKeyHeaders } from './client-assertions.ts';
import { limitsRequestObjects, type ProviderClient } from './client-policies.ts';

/**
 * The accepted `typ` values; a JWT issued for another purpose is refused (RFC 8725 §3.11). They are
 * media types, so case does not matter (RFC 7515 §4.1.9).
 */
const types = ['jwt', 'oauth-authz-req+jwt', 'application/oauth-authz-req+jwt'];

/** Maximum lifetime in seconds, and maximum age (FAPI 2.0 Message Signing §5.3.1). */
const maxSeconds = 3600;

interface Claims {
  readonly sub?: unknown;
  readonly iat?: unknown;
  readonly jti?: unknown;
  readonly nbf?: unknown;
  readonly exp?: unknown;
}

/**
 * For oidc-provider's `assertJwtClaimsAndHeader`. It is also called for pushed requests, which
 * oidc-provider stores as request objects.
 * @throws InvalidRequestObject
 */
export function createRequestObjectCheck({ now }: { readonly now: () => Date }) {
  return async (
    { oidc }: KoaContextWithOIDC,
    claims: Claims,
    header: object & { readonly typ?: unknown },
    client: ProviderClient,
  ): Promise<void> => {
    const { typ } = header;
    const isKnown = typeof typ === 'string' && types.includes(typ.toLowerCase());
    if (typ !== undefined && !isKnown) {
      throw new errors.InvalidRequestObject('the JWT is not a request object (typ)');
    }
    if (foreignKeyHeaders.some((name) => name in header)) {
      throw new errors.InvalidRequestObject('the request object header must not supply a key');
    }
    // Otherwise a request object could be used as a client assertion and vice versa (RFC 9101 §10.8).
    if (claims.sub === client.clientId) {
      throw new errors.InvalidRequestObject('sub must not be the client_id');
    }
    if (oidc.route === 'backchannel_authentication') assertComplete(claims);
    if (limitsRequestObjects(client)) assertShort(claims, now().getTime() / 1000);
  };
}

/** OpenID CIBA Core §7.1.1 demands these claims as well; oidc-provider checks the others. */
function assertComplete({ iat, jti }: Claims): void {
  if (typeof iat === 'number' && typeof jti === 'string' && jti !== '') return;
  throw new errors.InvalidRequestObject('the signed request must have iat and jti');
}

/** A captured request object must be useless after an hour. */
function assertShort({ nbf, exp }: Claims, at: number): void {
  if (typeof nbf !== 'number' || typeof exp !== 'number') {
    throw new errors.InvalidRequestObject('the request object must have nbf and exp');
  }
  if (exp - nbf > maxSeconds || nbf < at - maxSeconds) {
    throw new errors.InvalidRequestObject('the request object is valid for more than an hour');
  }
}
