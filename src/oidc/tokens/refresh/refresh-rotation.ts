// The adapter for refresh tokens: rotation that tolerates retries (docs/decisions/0002).
// oidc-provider finds, checks, consumes and saves a token in separate calls. Here the one statement
// of `consume` decides; a request that lost a race or retries within the leeway gets the same
// successor. oidc-provider passes no state from call to call, so these request slots do:
//
// slot               set by                    read by                     meaning
// authentic          partsOf                   partsOf                     the token's MAC is valid
// located            find, failed consume,     find, consume, rotates,     the token's family and
//                    rotateImmediately         destroy, isReuse            its position there
// successor          find of a retried token,  find, consume, nextToken,   token of the response,
//                    consume, rotates,         upsert                      which is stored already
//                    rotateImmediately,
//                    redeemImmediately
// pendingRedemption  consume of the code       upsert of a first token     stored with the family
// revokedGrantId     destroy                   hasRevoked                  the grant is revoked too
import { errors, type Adapter, type KoaContextWithOIDC } from 'oidc-provider';
import { adapterWith } from '#oidc/adapters/adapter.ts';
import { isRotating } from '#oidc/clients/client-policies.ts';
import { createFamily, revokeAsReused, revokeFamily } from './refresh-families.ts';
import {
  replacement,
  rotatedHere,
  rotateImmediately,
  type NamedRefresh,
} from './immediate-rotation.ts';
import { redeemImmediately, type FirstToken } from './immediate-redemption.ts';
import { locateToken, partsOf } from './refresh-lookup.ts';
import { payloadOf } from './refresh-payload.ts';
import { createRotationState, type Rotation, type RotationDependencies } from './refresh-state.ts';

export function createRefreshRotation(dependencies: RotationDependencies) {
  const rotation: Rotation = { ...dependencies, state: createRotationState() };
  const { state, format } = rotation;
  return {
    adapter: createRefreshTokenAdapter(rotation),
    /** Rotates the token before it is found, if no rule can refuse the request. */
    rotateImmediately: (token: string, named: NamedRefresh): Promise<boolean> =>
      rotateImmediately(rotation, token, named),
    /** Redeems a code and stores its first refresh token, if no rule can refuse the request. */
    redeemImmediately: (first: FirstToken): Promise<boolean> => redeemImmediately(rotation, first),
    rotates: (ctx: KoaContextWithOIDC): Promise<boolean> => rotates(rotation, ctx),
    /**
     * True if this request reuses a superseded token: reuse detection revokes the grant and records
     * the reason.
     */
    isReuse: (): boolean => state.located.get()?.position === 'superseded',
    /** True if this request has revoked the grant together with a token (RFC 7009). */
    hasRevoked: (grantId: string): boolean => state.revokedGrantId.get() === grantId,
    /** What a refresh did, after it succeeded. */
    outcome: (): 'rotated' | 'retried' | 'kept' => {
      const located = state.located.get();
      if (located?.position === 'retried') return 'retried';
      return state.successor.get() === located?.token ? 'kept' : 'rotated';
    },
    /** Why a refresh failed. */
    failure: (): 'reused' | 'expired' | 'refused' => {
      const located = state.located.get();
      if (located?.position === 'superseded') return 'reused';
      return located && located.family.expiresAt <= rotation.now() ? 'expired' : 'refused';
    },
    /**
     * Returns the next token id: the token that this request has stored, otherwise a new first
     * token of a family.
     */
    nextToken: (): string => state.successor.get() ?? format.mint(),
  };
}

export type RefreshRotation = ReturnType<typeof createRefreshRotation>;

function createRefreshTokenAdapter(rotation: Rotation): Adapter {
  const { state } = rotation;
  return adapterWith({
    async find(token) {
      const located = rotatedHere(state, token) ?? (await locateToken(rotation, token));
      return located && payloadOf(located.family, token, located.position);
    },
    async consume(token) {
      const isRetry = state.located.get()?.position === 'retried' && state.successor.get();
      if (!isRetry && !rotatedHere(state, token)) await rotate(rotation, token);
    },
    /** Stores a first token, unless `redeemImmediately` has. A successor was stored by the rotation. */
    async upsert(token, payload) {
      if (state.successor.get() === token) return;
      await createFamily(rotation, token, payload);
    },
    /** Called to revoke a token, and for a token that was reused. */
    async destroy(token) {
      const known = state.located.get();
      const located = known?.token === token ? known : await locateToken(rotation, token);
      if (!located) return;
      if (located.position === 'superseded') return revokeAsReused(rotation, located);
      await revokeFamily(rotation, located.family);
    },
    // No work is needed: revoking a grant revokes its families in the same statement.
    async revokeByGrantId() {},
  });
}

/**
 * Decides whether oidc-provider rotates the presented token. A token that is kept is confirmed here,
 * after all checks of oidc-provider and before anything is issued for it.
 */
async function rotates(rotation: Rotation, { oidc }: KoaContextWithOIDC): Promise<boolean> {
  const { RefreshToken: refreshToken, Client: client } = oidc.entities;
  if (!refreshToken || !client || isRotating(client)) return true;
  // Such a token was issued before the client became sender-constrained, and already has a
  // successor.
  if (rotation.state.located.get()?.position === 'retried') return true;
  await rotate(rotation, refreshToken.jti, refreshToken.jti);
  return false;
}

/**
 * Replaces the current token by its successor. If `next` is the token itself, the statement only
 * records the use.
 * @throws InvalidGrant if the token is no longer current and has no unused successor
 */
async function rotate(
  rotation: Rotation,
  token: string,
  next = rotation.format.successors(token)[0],
): Promise<void> {
  const { state } = rotation;
  if (await replaceCurrent(rotation, token, next)) {
    state.successor.set(next);
    return;
  }
  const again = await locateToken(rotation, token);
  if (again?.position === 'retried' && state.successor.get()) return;
  if (again?.position === 'superseded') await revokeAsReused(rotation, again);
  throw new errors.InvalidGrant('refresh token already used');
}

async function replaceCurrent(rotation: Rotation, token: string, next: string): Promise<boolean> {
  const parts = partsOf(rotation, token);
  return parts ? rotation.families.rotate(replacement(rotation, { token, parts, next })) : false;
}
