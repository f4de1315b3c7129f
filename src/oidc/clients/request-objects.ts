// Checks of signed request objects passed by value (RFC 9101), beyond those of oidc-provider.
import { errors, type KoaContextWithOIDC } from 'oidc-provider';
import { foreignKeyHeaders } from './client-assertions.ts';

/** The accepted `typ` values; a JWT issued for another purpose is refused (RFC 8725 §3.11). */
const types: readonly unknown[] = [
  undefined,
  'JWT',
  'oauth-authz-req+jwt',
  'application/oauth-authz-req+jwt',
];

/**
 * For oidc-provider's `assertJwtClaimsAndHeader`. It is also called for pushed requests, which
 * oidc-provider stores as request objects.
 * @throws InvalidRequestObject
 */
export async function checkRequestObject(
  _ctx: KoaContextWithOIDC,
  claims: { readonly sub?: unknown },
  header: object & { readonly typ?: unknown },
  { clientId }: { readonly clientId: string },
): Promise<void> {
  if (!types.includes(header.typ)) {
    throw new errors.InvalidRequestObject('the JWT is not a request object (typ)');
  }
  if (foreignKeyHeaders.some((name) => name in header)) {
    throw new errors.InvalidRequestObject('the request object header must not supply a key');
  }
  // Otherwise a request object could be used as a client assertion and vice versa (RFC 9101 §10.8).
  if (claims.sub === clientId) {
    throw new errors.InvalidRequestObject('sub must not be the client_id');
  }
}
