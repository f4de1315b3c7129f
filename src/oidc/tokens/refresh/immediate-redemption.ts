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
 * Redeems the code if no rule can refuse the request; otherwise changes nothing. After a redemption, the lookups
 * of this request still find the code as unused.
 * @returns true if the code was redeemed
 */
export async function redeemImmediately(
  rotation: Rotation,
  { code, payload }: FirstToken,
): Promise<boolean> {
  const { format, facts, organization, foundCode, immediateRedemptions, state, now } = rotation;
  const { jti: id = '', iat = 0 } = code;
  if (!hasUsualBinding(code) || !(await hasUsualApi(rotation, code))) return false;
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

/** True if the code is bound to nothing, or to a session only. */
function hasUsualBinding({
  organizationId,
  expiresWithSession,
  sessionUid,
}: AdapterPayload): boolean {
  return organizationId === undefined && (!expiresWithSession || sessionUid !== undefined);
}

/**
 * True if the tokens can be issued without another store access, and the client has no access rules. An opaque
 * access token and the status of a JWT are stored separately, and the permissions of roles may have to be read:
 * if that fails, the code must remain usable.
 */
async function hasUsualApi(
  { clients, accessControl }: Rotation,
  { clientId = '', resource }: AdapterPayload,
): Promise<boolean> {
  if (typeof resource !== 'string') return false;
  const [client, api] = await Promise.all([clients.find(clientId), clients.findResource(resource)]);
  if (!client || client.access || client.metadata['subject_type'] === 'pairwise') return false;
  if (!api || api.revocable || accessControl.requiresPermission(api)) return false;
  return api.accessTokenFormat === 'jwt';
}
