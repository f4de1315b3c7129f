// Finds the family of a presented refresh token, with one statement, and the token's position in it.
import { sha256 } from '#platform/crypto/hashing.ts';
import type { RefreshContext } from '#core/subject-status/authorization-context.store.ts';
import type { RefreshFamily } from '#core/tokens/refresh-families.store.ts';
import { positionOf } from './refresh-payload.ts';
import type { LocatedToken, Rotation } from './refresh-state.ts';
import type { RefreshTokenFormat, RefreshTokenParts } from './refresh-token-format.ts';

/**
 * The parts of an authentic token. The MAC is checked once per request, although oidc-provider
 * passes the same token several times.
 */
export function partsOf({ format, state }: Rotation, token: string): RefreshTokenParts | undefined {
  const known = state.authentic.get();
  if (known?.token === token) return known.parts;
  const parts = format.read(token);
  if (parts) state.authentic.set({ token, parts });
  return parts;
}

/** Returns `undefined` if the token is invalid. */
export async function locateToken(
  rotation: Rotation,
  token: string,
): Promise<LocatedToken | undefined> {
  const { format, leewaySeconds, now, state } = rotation;
  const parts = partsOf(rotation, token);
  const family = parts && (await loadFamily(rotation, parts));
  if (!family) return undefined;
  const { generation } = parts;
  const position = positionOf({ family, generation, token, leewaySeconds, at: now() });
  if (position === 'retried') state.successor.set(successorIn(format, family, token));
  const located = { token, family, generation, position };
  state.located.set(located);
  return located;
}

async function loadFamily(
  rotation: Rotation,
  { familyId }: RefreshTokenParts,
): Promise<RefreshFamily | undefined> {
  const { authorizationContexts, now } = rotation;
  const loaded = await authorizationContexts.loadForRefresh(familyId, now());
  return loaded && rememberContext(rotation, loaded);
}

/** Records user, grant, session and organization for later lookups of the request. */
export function rememberContext(
  { facts, organization }: Rotation,
  loaded: RefreshContext,
): RefreshFamily {
  const { userId, grantId, content } = loaded.family;
  const sessionUid = content['sessionUid'];
  facts.remember(
    { userId, grantId, ...(typeof sessionUid === 'string' ? { sessionUid } : {}) },
    loaded,
  );
  organization.remember(content['organizationId']);
  return loaded.family;
}

function successorIn(
  format: RefreshTokenFormat,
  family: RefreshFamily,
  token: string,
): string | undefined {
  return format.successors(token).find((next) => sha256(next).equals(family.currentHash));
}
