// Stores the first token of a refresh token family, with the code from which it comes, and revokes a
// family.
import { errors, type AdapterPayload } from 'oidc-provider';
import { sha256 } from '#platform/crypto/hashing.ts';
import type { NewRefreshFamily, RefreshFamily } from '#core/tokens/refresh-families.store.ts';
import { refuseReplay } from '#oidc/adapters/code-adapter.ts';
import { requireText } from '#oidc/adapters/payload.ts';
import type { LocatedToken, Rotation } from './refresh-state.ts';

/** Members of oidc-provider's payload that are stored in columns of their own, or not at all. */
const ownColumns = new Set(['jti', 'kind', 'iat', 'exp', 'accountId', 'clientId', 'grantId']);

/** @throws InvalidGrant if the grant was revoked or the code was redeemed meanwhile */
export async function createFamily(
  rotation: Rotation,
  token: string,
  payload: AdapterPayload,
): Promise<void> {
  const { families, pendingRedemption } = rotation;
  const family = newFamily(rotation, token, payload);
  const redemption = pendingRedemption.get();
  if (!redemption) {
    if (await families.create(family)) return;
    throw new errors.InvalidGrant('grant was revoked');
  }
  pendingRedemption.set(undefined);
  if (await families.redeemCodeAndCreate(redemption, family)) return;
  const { grantId } = family;
  await refuseReplay(rotation, { grantId, sessionUid: payload.sessionUid });
}

export function newFamily(
  { format, keyId, lifetimeSeconds, organization, facts, now }: Rotation,
  token: string,
  payload: AdapterPayload,
): NewRefreshFamily {
  const organizationId = organization.remembered();
  return {
    id: requireText(format.read(token)?.familyId, 'family id'),
    grantId: requireText(payload.grantId, 'grantId'),
    userId: requireText(payload.accountId, 'accountId'),
    clientId: requireText(payload.clientId, 'clientId'),
    currentHash: sha256(token),
    keyId,
    content: {
      ...Object.fromEntries(Object.entries(payload).filter(([member]) => !ownColumns.has(member))),
      ...(organizationId === undefined ? {} : { organizationId }),
    },
    createdAt: now(),
    expiresAt: earlier(
      new Date(now().getTime() + Math.min(lifetimeSeconds, secondsOf(payload)) * 1000),
      facts.impersonation()?.endsAt,
    ),
  };
}

/** The lifetime of the first token, which the profile of its client may limit. */
function secondsOf({ exp, iat }: AdapterPayload): number {
  return exp === undefined || iat === undefined ? Infinity : exp - iat;
}

function earlier(at: Date, end: Date | undefined): Date {
  return end !== undefined && end < at ? end : at;
}

/** Revokes all that was issued from the token's grant (RFC 9700 §4.14.2). */
export async function revokeAsReused(
  { tokenReuse, facts }: Rotation,
  { family, generation }: LocatedToken,
): Promise<void> {
  await tokenReuse.refreshTokenReused(family, generation);
  facts.forget();
}

/** The client revokes its token (RFC 7009). */
export async function revokeFamily(
  { revocation, facts, state }: Rotation,
  { id, clientId, userId, grantId, content }: RefreshFamily,
): Promise<void> {
  const { sessionUid } = content;
  // True because createFamily took it from oidc-provider's payload.
  const token = { clientId, userId, grantId, sessionUid: sessionUid as string | undefined };
  await revocation.refreshToken(token, id);
  state.revokedGrantId.set(grantId);
  facts.forget();
}
