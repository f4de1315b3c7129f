// Token revocation (RFC 7009). Each revocation is recorded in PostgreSQL. An opaque access token is
// also removed from the short-lived store, which alone is not sufficient because it may be restored
// from an older copy.
import type { AuditEntry } from '#core/audit/audit.ts';
import type { RefreshFamilyStore } from '#core/tokens/refresh-families.store.ts';
import type { RevokedTokenStore } from '#core/tokens/revoked-tokens.store.ts';
import { sha256Text } from '#platform/crypto/hashing.ts';
import type { Invalidation } from '#core/subject-status/invalidation.service.ts';
import { createTtlCache } from '#platform/ttl-cache.ts';
import type { Audit } from '#core/audit/audit.service.ts';

/** User, client and grant of the token. */
export interface RevokedToken {
  readonly clientId: string;
  readonly userId?: string | undefined;
  readonly sessionUid?: string | undefined;
  readonly grantId?: string | undefined;
}

export interface TokenRevocationDependencies {
  readonly audit: Audit;
  readonly revokedTokens: RevokedTokenStore;
  readonly families: RefreshFamilyStore;
  readonly invalidation: Invalidation;
  readonly lookedUp?: (isHit: boolean) => void;
  readonly now: () => Date;
}

export function createTokenRevocation(dependencies: TokenRevocationDependencies) {
  const { audit, revokedTokens, families, invalidation, lookedUp, now } = dependencies;
  const load = (tokenId: string) => revokedTokens.has(tokenId);
  const revoked = createTtlCache<boolean>({ load, lookedUp, now });
  invalidation.subscribe(({ tokenId, userId, clientId }) => {
    if (userId === undefined && clientId === undefined) revoked.forget(tokenId);
  });

  return {
    /** @param tokenId the `jti` of a JWT, or `opaqueId` */
    isRevoked: (tokenId: string): Promise<boolean> => revoked.get(tokenId),
    /** Revokes an opaque access token. The caller then removes it from the short-lived store. */
    async opaque(token: RevokedToken, id: string, expiresAt: Date): Promise<void> {
      const tokenId = opaqueId(id);
      const entry = entryAbout(token, { kind: 'access_token' });
      await revokedTokens.add(tokenId, expiresAt, audit.record(entry));
      await invalidation.publish({ tokenId });
    },
    /** Revokes a JWT access token. */
    async jwt(token: RevokedToken, jti: string, expiresAt: Date): Promise<void> {
      const entry = entryAbout(token, { kind: 'access_token', jti });
      await revokedTokens.add(jti, expiresAt, audit.record(entry));
      await invalidation.publish({ tokenId: jti });
    },
    /** Revokes a refresh token together with its family and grant. */
    async refreshToken(token: RevokedToken & { grantId: string }, familyId: string): Promise<void> {
      const entry = entryAbout(token, { kind: 'refresh_token', familyId });
      const { grantId } = token;
      await families.revoke({ id: familyId, grantId }, now(), audit.record(entry));
      await invalidation.publish({ userId: token.userId });
    },
  };
}

export type TokenRevocation = ReturnType<typeof createTokenRevocation>;

/** Identifies an opaque token without revealing it, because the token itself grants access. */
export function opaqueId(token: string): string {
  return sha256Text(token);
}

function entryAbout(
  { clientId, userId, sessionUid, grantId }: RevokedToken,
  details: Readonly<Record<string, unknown>>,
): AuditEntry {
  const actor = { kind: 'client', id: clientId } as const;
  return {
    event: 'token.revoked',
    actor,
    userId,
    clientId,
    sessionUid,
    details: { ...details, grantId },
  };
}
