// An API that reads JWT access tokens as strictly as RFC 9068 wants it.
import * as oauth from 'oauth4webapi';
import type { RelyingParty } from './relying-party.ts';

/** The claims of a token that such an API accepts; throws for all others. */
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
