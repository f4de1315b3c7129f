// Redeems a code and stores its first refresh token in one statement, before the remaining rules are applied
// (docs/decisions/0067).
import type { AdapterPayload } from 'oidc-provider';
import { contextIdsOf, redemptionOf } from '#oidc/adapters/code-adapter.ts';
import { requireText } from '#oidc/adapters/payload.ts';
import { newFamily } from './refresh-families.ts';
import type { Rotation } from './refresh-state.ts';

export interface FirstToken {
  /** The record of the code. */
  readonly code: AdapterPayload;
  /** The record of its first refresh token. */
  readonly payload: AdapterPayload;
}

/**
 * Redeems the code if no rule can refuse the request; otherwise changes nothing. The lookups of the request then
 * find the code as it was before.
 * @returns true if the code was redeemed
 */
export async function redeemImmediately(
  rotation: Rotation,
  { code, payload }: FirstToken,
): Promise<boolean> {
  const { format, facts, organization, foundCode, immediateRedemptions, state, now } = rotation;
  const { jti: id = '', iat = 0 } = code;
  if (code['organizationId'] !== undefined || !(await storesNothingElse(rotation, code)))
    return false;
  const token = format.mint();
  const ids = contextIdsOf(code);
  const context = await immediateRedemptions.redeem({
    redemption: redemptionOf(id, requireText(code.grantId, 'grantId'), now()),
    family: newFamily(rotation, token, payload),
    issuedAt: new Date(iat * 1000),
    sessionUid: ids.sessionUid,
  });
  if (!context) return false;
  facts.remember(ids, context);
  organization.remember(undefined);
  foundCode.noteRedemption(id);
  state.successor.set(token);
  return true;
}

/**
 * True if nothing but the refresh token is stored for the code, and the client has no access rules. An opaque
 * access token or the status of one is stored by a second statement or in the short-lived store; if that fails,
 * the code can be used again.
 */
async function storesNothingElse(
  { clients }: Rotation,
  { clientId = '', resource }: AdapterPayload,
): Promise<boolean> {
  if (typeof resource !== 'string') return false;
  const [client, api] = await Promise.all([clients.find(clientId), clients.findResource(resource)]);
  const isUnlimited = client !== undefined && !client.access;
  return isUnlimited && api?.accessTokenFormat === 'jwt' && !api.revocable;
}
