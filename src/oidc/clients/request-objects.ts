// Request objects (RFC 9101), by value and signed. Beyond the engine's checks: `iss` is the client,
// `aud` our issuer, the algorithm is one that discovery lists, and the parameters outside do not count.
import { errors, type KoaContextWithOIDC } from 'oidc-provider';
import { foreignKeyHeaders } from './client-assertions.ts';

/** A request object may say what it is; a JWT made for something else is refused (RFC 8725 §3.11). */
const types: readonly unknown[] = [
  undefined,
  'JWT',
  'oauth-authz-req+jwt',
  'application/oauth-authz-req+jwt',
];

/**
 * For the engine's `assertJwtClaimsAndHeader`; it is also asked about pushed requests, which the
 * engine keeps in the form of a request object.
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
    throw new errors.InvalidRequestObject('the request object brings a key along');
  }
  // Else it could be used as a client assertion, and an assertion as this (RFC 9101 §10.8).
  if (claims.sub === clientId) {
    throw new errors.InvalidRequestObject('sub must not be the client_id');
  }
}
