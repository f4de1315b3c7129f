// Rotates a refresh token in one statement, before the remaining rules are applied (docs/decisions/0066).
import type { Client } from 'oidc-provider';
import type { Rotation as RotationRecord } from '#core/tokens/refresh-families.store.ts';
import type { RefreshRequest } from '#core/subject-status/immediate-rotation.store.ts';
import { isRotating } from '#oidc/clients/client-policies.ts';
import { mayRefresh } from '#oidc/tokens/offline-access.ts';
import { sha256 } from '#platform/crypto/hashing.ts';
import { partsOf, rememberContext } from './refresh-lookup.ts';
import type { LocatedToken, Rotation } from './refresh-state.ts';
import type { RefreshTokenParts } from './refresh-token-format.ts';

/** What a request names besides the token. */
export interface NamedRefresh extends Pick<RefreshRequest, 'resource' | 'scopes'> {
  /** The client that sent the request, authenticated. */
  readonly client: Client;
}

/**
 * Rotates the token if no rule can refuse the request; otherwise changes nothing. The lookups of the request
 * then find the token as it was before.
 * @returns true if the token was rotated
 */
export async function rotateImmediately(
  rotation: Rotation,
  token: string,
  { client, ...named }: NamedRefresh,
): Promise<boolean> {
  const { immediateRotations, clients, format, state } = rotation;
  const { clientId } = client;
  const parts = partsOf(rotation, token);
  if (!parts || !isRotating(client) || (await clients.find(clientId))?.access) return false;
  const [next] = format.successors(token);
  const replaced = replacement(rotation, { token, parts, next });
  const mayOutliveSession = mayRefresh(client, {});
  const request = { clientId, mayOutliveSession, ...named };
  const context = await immediateRotations.rotate(replaced, request);
  if (!context) return false;
  const { generation } = parts;
  const family = { ...rememberContext(rotation, context), generation };
  state.located.set({ token, family, generation, position: 'current' });
  state.successor.set(next);
  return true;
}

/** The token that this request has rotated, in the position and generation that it had before. */
export function rotatedHere(
  { located, successor }: Rotation['state'],
  token: string,
): LocatedToken | undefined {
  const known = located.get();
  const isRotated = known?.position === 'current' && successor.get() !== undefined;
  return isRotated && known.token === token ? known : undefined;
}

interface TokenReplacement {
  readonly token: string;
  readonly parts: RefreshTokenParts;
  readonly next: string;
}

export function replacement(
  { requestOrigin, keyId, now }: Rotation,
  { token, parts: { familyId, generation }, next }: TokenReplacement,
): RotationRecord {
  const { address = '', device = '' } = requestOrigin.get() ?? {};
  return {
    familyId,
    generation,
    currentHash: sha256(token),
    successorHash: sha256(next),
    keyId,
    at: now(),
    address,
    device: device.slice(0, 200),
  };
}
