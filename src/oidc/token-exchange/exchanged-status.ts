// Checks whether an exchanged token is still active, in addition to the rules for every token.
import type { Client } from '#core/clients/clients.ts';
import { exchangePolicyOf } from './exchange-policy.ts';
import type { SignInOrganization } from '#oidc/access-control/organization.ts';
import type { JwtAccessTokens } from '#oidc/tokens/jwt-access-tokens.ts';
import type { OriginStatus } from './exchange-origin.ts';

interface PresentedToken {
  readonly jti?: string | undefined;
  readonly iat?: number | undefined;
  readonly aud?: string | string[] | undefined;
  readonly accountId?: string | undefined;
}

export interface ExchangedStatusDependencies {
  readonly jwts: Pick<JwtAccessTokens, 'originOf'>;
  readonly origins: OriginStatus;
  readonly organization: Pick<SignInOrganization, 'of'>;
}

export function createExchangedStatus(dependencies: ExchangedStatusDependencies) {
  const { jwts, origins, organization } = dependencies;
  return {
    /**
     * True for every token that was not exchanged.
     * @param owner the client that exchanged it, which must still be allowed to
     */
    async isActive(token: PresentedToken, owner: Client): Promise<boolean> {
      const origin = jwts.originOf(token);
      if (!origin) return true;
      const { accountId: userId, iat: issuedAt = 0, aud } = token;
      if (userId === undefined || typeof aud !== 'string') return false;
      if (!exchangePolicyOf(owner.metadata)?.audiences.includes(aud)) return false;
      origins.expect(origin, userId);
      return origins.isActive(origin, {
        userId,
        issuedAt,
        organizationId: organization.of(token),
      });
    },
  };
}

export type ExchangedStatus = ReturnType<typeof createExchangedStatus>;
