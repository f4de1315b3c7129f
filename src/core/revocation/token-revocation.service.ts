// Tokens that their app gives back (RFC 7009), each written down together with its end. An opaque
// access token is then forgotten by the store that keeps it, which may be put back to an older state.
import type { AuditEntry } from '#core/audit/audit.ts';
import type { RefreshFamilyStore } from '#core/tokens/refresh-families.store.ts';
import type { RevokedTokenStore } from '#core/tokens/revoked-tokens.store.ts';
import { sha256Text } from '#platform/crypto/hashing.ts';
import type { Changes } from '#core/subject-status/invalidation.service.ts';
import { createRecall } from '#platform/ttl-cache.ts';
import type { Audit } from '#core/audit/audit.service.ts';

/** Whose token it was, and what it stood on. */
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
  readonly changes: Changes;
  readonly now: () => Date;
}

export function createTokenRevocation(dependencies: TokenRevocationDependencies) {
  const { audit, revokedTokens, families, changes, now } = dependencies;
  const revoked = createRecall<boolean>({ load: (tokenId) => revokedTokens.has(tokenId), now });
  changes.onChange(({ tokenId, userId, clientId }) => {
    if (userId === undefined && clientId === undefined) revoked.forget(tokenId);
  });

  return {
    /** @param tokenId the `jti` of a JWT, or `opaqueId` */
    isRevoked: (tokenId: string): Promise<boolean> => revoked.get(tokenId),
    /** An access token that the short-lived store keeps, and is to forget next. */
    async opaque(token: RevokedToken, id: string, expiresAt: Date): Promise<void> {
      const tokenId = opaqueId(id);
      const entry = entryAbout(token, { kind: 'access_token' });
      await revokedTokens.add(tokenId, expiresAt, audit.record(entry));
      await changes.announce({ tokenId });
    },
    /** An access token that carries itself. */
    async jwt(token: RevokedToken, jti: string, expiresAt: Date): Promise<void> {
      const entry = entryAbout(token, { kind: 'access_token', jti });
      await revokedTokens.add(jti, expiresAt, audit.record(entry));
      await changes.announce({ tokenId: jti });
    },
    /** A refresh token, and with it its family and the grant. */
    async refreshToken(token: RevokedToken & { grantId: string }, familyId: string): Promise<void> {
      const entry = entryAbout(token, { kind: 'refresh_token', familyId });
      const { grantId } = token;
      await families.revoke({ id: familyId, grantId }, now(), audit.record(entry));
      await changes.announce({ userId: token.userId });
    },
  };
}

export type TokenRevocation = ReturnType<typeof createTokenRevocation>;

/** Stands for an opaque token, which opens doors itself and is told to nobody. */
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
