// Determines the position of a refresh token in its family and builds the payload for
// oidc-provider.
import type { AdapterPayload } from 'oidc-provider';
import { sha256 } from '#platform/crypto/hashing.ts';
import type { RefreshFamily } from '#core/tokens/refresh-families.store.ts';
import { seconds } from '#oidc/adapters/payload.ts';

/**
 * `current`: the latest token of the family. `retried`: the token before it, presented again within
 * the leeway while its successor is unused. `superseded`: an authentic but older token, which
 * counts as reuse.
 */
export type TokenPosition = 'current' | 'retried' | 'superseded';

export interface TokenInFamily {
  readonly family: RefreshFamily;
  readonly generation: number;
  readonly token: string;
  readonly leewaySeconds: number;
  readonly at: Date;
}

export function positionOf({
  family,
  generation,
  token,
  leewaySeconds,
  at,
}: TokenInFamily): TokenPosition {
  const hash = sha256(token);
  if (generation === family.generation && hash.equals(family.currentHash)) return 'current';
  const { previousHash, rotatedAt } = family;
  if (generation !== family.generation - 1 || !previousHash || !rotatedAt) return 'superseded';
  if (!hash.equals(previousHash)) return 'superseded';
  const sinceMilliseconds = at.getTime() - rotatedAt.getTime();
  return sinceMilliseconds < leewaySeconds * 1000 ? 'retried' : 'superseded';
}

export function payloadOf(
  family: RefreshFamily,
  token: string,
  position: TokenPosition,
): AdapterPayload {
  const { generation } = family;
  return {
    ...family.content,
    jti: token,
    kind: 'RefreshToken',
    accountId: family.userId,
    clientId: family.clientId,
    grantId: family.grantId,
    rotations: generation,
    iat: seconds(family.createdAt),
    iiat: seconds(family.createdAt),
    exp: seconds(family.expiresAt),
    ...(position === 'superseded' ? { consumed: true } : {}),
  };
}
