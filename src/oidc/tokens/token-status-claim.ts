// Adds a JWT access token to a status list, if its API requires revocable tokens.
import type { AccessToken, ClientCredentials } from 'oidc-provider';
import type { Clients } from '#core/clients/clients.service.ts';
import type { TokenStatuses } from '#core/token-status/token-statuses.service.ts';
import type { ExchangeClaims } from '#oidc/token-exchange/exchange-claims.ts';
import { clientsOf } from '#oidc/token-exchange/exchange-origin.ts';

export interface StatusClaimDependencies {
  readonly clients: Pick<Clients, 'findResource'>;
  readonly tokenStatuses: TokenStatuses;
  readonly exchangeClaims: Pick<ExchangeClaims, 'originOf'>;
}

export function createStatusClaim({
  clients,
  tokenStatuses,
  exchangeClaims,
}: StatusClaimDependencies) {
  /** For oidc-provider's `formats.customizers.jwt`. The API was looked up before, so it is cached. */
  return async (
    token: AccessToken | ClientCredentials,
    claims: Record<string, unknown>,
  ): Promise<void> => {
    const resource = await clients.findResource(String(claims['aud']));
    if (resource?.revocable !== true) return;
    const isOfUser = 'accountId' in token;
    const origin = exchangeClaims.originOf(token);
    claims['status'] = await tokenStatuses.list({
      jti: String(claims['jti']),
      userId: isOfUser ? token.accountId : undefined,
      clientId: String(claims['client_id']),
      grantId: isOfUser ? token.grantId : undefined,
      sessionUid: isOfUser && token.expiresWithSession ? token.sessionUid : undefined,
      issuedAt: new Date(Number(claims['iat']) * 1000),
      expiresAt: new Date(Number(claims['exp']) * 1000),
      exchanged: origin && { tokenIds: origin.tokenIds, clientIds: clientsOf(origin) },
    });
  };
}

export type AddStatusClaim = ReturnType<typeof createStatusClaim>;
