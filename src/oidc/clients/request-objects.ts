// Checks of signed request objects passed by value (RFC 9101), beyond those of oidc-provider.
import { errors, type KoaContextWithOIDC } from 'oidc-provider';
import { fapiProfileOf } from './client-policies.ts';
import { foreignKeyHeaders } from './client-assertions.ts';

/**
 * The accepted `typ` values; a JWT issued for another purpose is refused (RFC 8725 §3.11). They are
 * media types, so case does not matter (RFC 7515 §4.1.9).
 */
const types = ['jwt', 'oauth-authz-req+jwt', 'application/oauth-authz-req+jwt'];

interface Claims {
  readonly sub?: unknown;
  readonly exp?: unknown;
  readonly nbf?: unknown;
}

const maxWindowSeconds = 3600;

/**
 * For oidc-provider's `assertJwtClaimsAndHeader`. It is also called for pushed requests, which
 * oidc-provider stores as request objects.
 * @throws InvalidRequestObject
 */
export async function checkRequestObject(
  ctx: KoaContextWithOIDC,
  claims: Claims,
  header: object & { readonly typ?: unknown },
  { clientId }: { readonly clientId: string },
): Promise<void> {
  if (header.typ !== undefined && !types.includes(String(header.typ).toLowerCase())) {
    throw new errors.InvalidRequestObject('the JWT is not a request object (typ)');
  }
  if (foreignKeyHeaders.some((name) => name in header)) {
    throw new errors.InvalidRequestObject('the request object header must not supply a key');
  }
  // Otherwise a request object could be used as a client assertion and vice versa (RFC 9101 §10.8).
  if (claims.sub === clientId) {
    throw new errors.InvalidRequestObject('sub must not be the client_id');
  }
  if (fapiProfileOf(ctx, ctx.oidc.client) !== undefined) assertWindow(ctx, claims);
}

/** FAPI 2.0 Message Signing §5.3.1: at most 60 minutes, counted from `nbf`. */
function assertWindow({ oidc }: KoaContextWithOIDC, { exp, nbf }: Claims): void {
  // It was checked when it was pushed; other pushed requests are stored as unsigned objects.
  if ('PushedAuthorizationRequest' in oidc.entities) return;
  if (typeof exp !== 'number' || typeof nbf !== 'number') {
    throw new errors.InvalidRequestObject('the request object must have exp and nbf');
  }
  if (exp <= nbf || exp - nbf > maxWindowSeconds) {
    throw new errors.InvalidRequestObject(
      'the request object must expire within 60 minutes of nbf',
    );
  }
}
