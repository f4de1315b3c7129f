// The adapter for refresh tokens: rotation that tolerates retries (docs/decisions/0002).
// oidc-provider finds, checks, consumes and saves a token in separate calls. Here the one statement
// of `consume` decides; a request that lost a race or retries within the leeway gets the same
// successor. oidc-provider passes no state from call to call, so these request slots do:
//
// slot          set by                    read by                     meaning
// readToken     partsOf                   partsOf                     MAC of this token is valid
// foundFamily   find, failed consume      consume, rotates, destroy,  family of the token and the
//                                         destroy of the grant        token's position in it
// successor     find of a retried token,  consume, generateTokenId,   token to respond with; it is
//               consume, rotates          upsert                      stored already
// pending       consume of the code       upsert of a first token     redemption to store with it
// revokedGrant  destroy                   destroy of the grant        revoked with its token
import { errors, type Adapter, type AdapterPayload, type KoaContextWithOIDC } from 'oidc-provider';
import { sha256 } from '#platform/crypto/hashing.ts';
import { createRequestSlot } from '#platform/request/request-scope.ts';
import type { AuthorizationContextStore } from '#core/subject-status/authorization-context.store.ts';
import type {
  NewRefreshFamily,
  RefreshFamily,
  RefreshFamilyStore,
} from '#core/tokens/refresh-families.store.ts';
import type { TokenRevocation } from '#core/revocation/token-revocation.service.ts';
import { adapterWith } from '#oidc/adapters/adapter.ts';
import {
  refuseReplay,
  type CodeAdapterDependencies,
  type PendingRedemption,
} from '#oidc/adapters/code-adapter.ts';
import { isRotating } from '#oidc/clients/client-policies.ts';
import { engineContext } from '#oidc/provider-context.ts';
import { payloadOf, placeOf, type TokenPosition } from './refresh-payload.ts';
import type { RefreshTokenFormat, RefreshTokenParts } from './refresh-token-format.ts';
import { requireText } from '#oidc/adapters/payload.ts';

export interface RotationDependencies extends Pick<
  CodeAdapterDependencies,
  'tokenReuse' | 'facts' | 'now'
> {
  readonly authorizationContexts: AuthorizationContextStore;
  readonly families: RefreshFamilyStore;
  readonly revocation: TokenRevocation;
  readonly format: RefreshTokenFormat;
  readonly pending: PendingRedemption;
  readonly leewaySeconds: number;
  readonly lifetimeSeconds: number;
}

interface Located {
  readonly family: RefreshFamily;
  /** The generation of the presented token. */
  readonly generation: number;
  readonly place: TokenPosition;
}

export function createRefreshRotation(dependencies: RotationDependencies) {
  const { authorizationContexts, families, facts, format, pending, leewaySeconds, now } =
    dependencies;
  const successor = createRequestSlot<string>('successor');
  const foundFamily = createRequestSlot<{ token: string } & Located>('family of the refresh token');
  const revokedGrant = createRequestSlot<string>('grant revoked with its refresh token');
  const readToken = createRequestSlot<{ token: string; parts: RefreshTokenParts }>('read token');

  /**
   * Checks the MAC once per request, although oidc-provider passes the same token several times.
   */
  function partsOf(token: string): RefreshTokenParts | undefined {
    const known = readToken.get();
    if (known?.token === token) return known.parts;
    const parts = format.read(token);
    if (parts) readToken.set({ token, parts });
    return parts;
  }

  /** Loads the family and the token's position in it; `undefined` if the token is invalid. */
  async function locate(token: string): Promise<Located | undefined> {
    const parts = partsOf(token);
    const loaded = parts && (await authorizationContexts.loadForRefresh(parts.familyId, now()));
    if (!loaded) return undefined;
    const { family } = loaded;
    const sessionUid = family.content['sessionUid'];
    facts.remember(
      {
        userId: family.userId,
        grantId: family.grantId,
        ...(typeof sessionUid === 'string' ? { sessionUid } : {}),
      },
      loaded,
    );
    const place = placeOf({
      family,
      generation: parts.generation,
      token,
      leewaySeconds,
      at: now(),
    });
    if (place === 'retried') successor.set(successorIn(family, token));
    const located = { family, place, generation: parts.generation };
    foundFamily.set({ token, ...located });
    return located;
  }

  function successorIn(family: RefreshFamily, token: string): string | undefined {
    return format.successors(token).find((next) => sha256(next).equals(family.currentHash));
  }

  /**
   * Replaces the current token by its successor. If `next` is the token itself, the statement only
   * records the use.
   */
  async function rotate(token: string, next = format.successors(token)[0]): Promise<void> {
    const parts = partsOf(token);
    const ctx = engineContext();
    const rotated =
      parts &&
      (await families.rotate({
        familyId: parts.familyId,
        generation: parts.generation,
        currentHash: sha256(token),
        successorHash: sha256(next),
        at: now(),
        address: ctx?.ip ?? '',
        device: (ctx?.get('user-agent') ?? '').slice(0, 200),
      }));
    if (rotated) {
      successor.set(next);
      return;
    }
    const again = await locate(token);
    if (again?.place === 'retried' && successor.get()) return;
    if (again?.place === 'superseded') await revokeAsReused(again);
    throw new errors.InvalidGrant('refresh token already used');
  }

  async function revokeAsReused({ family, generation }: Located): Promise<void> {
    await dependencies.tokenReuse.refreshTokenReused(family, generation);
    facts.forget();
  }

  async function revoke({ id, clientId, userId, grantId, content }: RefreshFamily): Promise<void> {
    const { sessionUid } = content;
    // True because createFamily took it from oidc-provider's payload.
    const token = { clientId, userId, grantId, sessionUid: sessionUid as string | undefined };
    await dependencies.revocation.refreshToken(token, id);
    revokedGrant.set(grantId);
  }

  async function createFamily(token: string, payload: AdapterPayload): Promise<void> {
    const family = newFamily(token, payload);
    const redemption = pending.get();
    if (!redemption) {
      if (await families.create(family)) return;
      throw new errors.InvalidGrant('grant was revoked');
    }
    pending.set(undefined);
    if (await families.redeemCodeAndCreate(redemption, family)) return;
    const { grantId } = family;
    await refuseReplay(dependencies, { grantId, sessionUid: payload.sessionUid });
  }

  function newFamily(token: string, payload: AdapterPayload): NewRefreshFamily {
    const {
      jti: _,
      kind: __,
      iat: ___,
      exp: ____,
      accountId,
      clientId,
      grantId,
      ...content
    } = payload;
    return {
      id: requireText(format.read(token)?.familyId, 'family id'),
      grantId: requireText(grantId, 'grantId'),
      userId: requireText(accountId, 'accountId'),
      clientId: requireText(clientId, 'clientId'),
      currentHash: sha256(token),
      content,
      createdAt: now(),
      expiresAt: new Date(now().getTime() + dependencies.lifetimeSeconds * 1000),
    };
  }

  const adapter: Adapter = adapterWith({
    async find(token) {
      const located = await locate(token);
      return located && payloadOf(located.family, token, located.place);
    },
    async consume(token) {
      if (foundFamily.get()?.place === 'retried' && successor.get()) return;
      await rotate(token);
    },
    /** Stores a first token. A successor was already stored by `consume`. */
    async upsert(token, payload) {
      if (successor.get() === token) return;
      await createFamily(token, payload);
    },
    /** Called to revoke a token, and for a token that was reused. */
    async destroy(token) {
      const known = foundFamily.get();
      const located = known?.token === token ? known : await locate(token);
      if (!located) return;
      if (located.place === 'superseded') return revokeAsReused(located);
      await revoke(located.family);
      facts.forget();
    },
    // No work is needed: revoking a grant revokes its families in the same statement.
    async revokeByGrantId() {},
  });

  return {
    adapter,
    /**
     * True if this request reuses a superseded token: reuse detection revokes the grant and records
     * the reason.
     */
    isReuse: (): boolean => foundFamily.get()?.place === 'superseded',
    /** True if this request has revoked the grant together with a token (RFC 7009). */
    hasEnded: (grantId: string): boolean => revokedGrant.get() === grantId,
    /**
     * Decides whether oidc-provider rotates the presented token. A token that is kept is confirmed
     * here, after all checks of oidc-provider and before anything is issued for it.
     */
    async rotates({ oidc }: KoaContextWithOIDC): Promise<boolean> {
      const { RefreshToken: refreshToken, Client: client } = oidc.entities;
      // Such a token was issued before the client became sender-constrained, and already has a
      // successor.
      if (!refreshToken || !client || isRotating(client)) return true;
      if (foundFamily.get()?.place === 'retried') return true;
      await rotate(refreshToken.jti, refreshToken.jti);
      return false;
    },
    /**
     * Returns the next token id: the successor in a rotation, otherwise the first token of a
     * family.
     */
    nextToken(): string {
      return successor.get() ?? format.mint();
    },
  };
}

export type RefreshRotation = ReturnType<typeof createRefreshRotation>;
