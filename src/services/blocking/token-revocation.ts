// Tokens that their app gives back (RFC 7009). Each is written down together with its end, where
// the same store keeps both; an opaque access token is written down first and then forgotten.
import type { AuditEntry } from '#domain/audit/audit.ts';
import type { RefreshFamilyStore } from '#stores/tokens/refresh-families.ts';
import type { RevokedTokenStore } from '#stores/tokens/revoked-tokens.ts';
import type { Changes } from '#services/standing/changes.ts';
import type { Audit } from '#services/audit/audit.ts';

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
  return {
    /** An access token that the short-lived store keeps, and is to forget next. */
    async opaque(token: RevokedToken): Promise<void> {
      await audit.append(entryAbout(token, { kind: 'access_token' }));
    },
    /** An access token that carries itself. */
    async jwt(token: RevokedToken, jti: string, expiresAt: Date): Promise<void> {
      const entry = entryAbout(token, { kind: 'access_token', jti });
      await revokedTokens.add(jti, expiresAt, audit.record(entry));
      await changes.announce({ tokenId: jti });
    },
    /** A refresh token, and with it the family. */
    async refreshToken(token: RevokedToken, familyId: string): Promise<void> {
      const entry = entryAbout(token, { kind: 'refresh_token', familyId });
      await families.revoke(familyId, now(), audit.record(entry));
      await changes.announce({ userId: token.userId });
    },
  };
}

export type TokenRevocation = ReturnType<typeof createTokenRevocation>;

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
