// A resource server that validates JWT access tokens as RFC 9068 §4 requires.
import * as oauth from 'oauth4webapi';
import type { RelyingParty } from './relying-party.ts';

/** The claims of a valid token; throws for any other. */
export function readAccessToken(
  { as, send }: Pick<RelyingParty, 'as' | 'send'>,
  token: string,
  audience: string,
): Promise<oauth.JWTAccessTokenClaims> {
  const headers = { authorization: `Bearer ${token}` };
  const request = new Request('https://api.example/', { headers });
  return oauth.validateJwtAccessToken(as, request, audience, {
    [oauth.customFetch]: (url: string) => send(url),
    [oauth.allowInsecureRequests]: true,
  });
}
