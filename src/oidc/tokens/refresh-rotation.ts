// Refresh tokens: lossless rotation (docs/decisions/0002). The engine looks, judges, consumes and
// saves; here the one statement inside `consume` decides, and a request that lost the race or
// repeats itself inside the leeway is led to the same successor.
import { errors, type Adapter, type AdapterPayload, type KoaContextWithOIDC } from 'oidc-provider';
import { sha256 } from '#platform/crypto/hashing.ts';
import { createRequestSlot } from '#platform/request/request-scope.ts';
import type { ActorStore } from '#core/subject-status/authorization-context.store.ts';
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
import { payloadOf, placeOf, type TokenPlace } from './refresh-payload.ts';
import type { RefreshTokenFormat, RefreshTokenParts } from './refresh-token-format.ts';
import { requireText } from '#oidc/adapters/session-adapter.ts';

export interface RotationDependencies extends Pick<
  CodeAdapterDependencies,
  'alarm' | 'facts' | 'now'
> {
  readonly actors: ActorStore;
  readonly families: RefreshFamilyStore;
  readonly revocation: TokenRevocation;
  readonly format: RefreshTokenFormat;
  readonly pending: PendingRedemption;
  readonly leewaySeconds: number;
  readonly lifetimeSeconds: number;
}

interface Located {
  readonly family: RefreshFamily;
  /** Of the token in hand. */
  readonly generation: number;
  readonly place: TokenPlace;
}

export function createRefreshRotation(dependencies: RotationDependencies) {
  const { actors, families, facts, format, pending, leewaySeconds, now } = dependencies;
  const successor = createRequestSlot<string>('successor');
  const foundFamily = createRequestSlot<{ token: string } & Located>('family of the refresh token');
  const revokedGrant = createRequestSlot<string>('grant that ended with its refresh token');
  const readToken = createRequestSlot<{ token: string; parts: RefreshTokenParts }>('read token');

  /** Checks the MAC once per request; the engine asks about the same token again and again. */
  function partsOf(token: string): RefreshTokenParts | undefined {
    const known = readToken.get();
    if (known?.token === token) return known.parts;
    const parts = format.read(token);
    if (parts) readToken.set({ token, parts });
    return parts;
  }

  /** Loads the family and says where the token stands in it; `undefined` when it is no good. */
  async function locate(token: string): Promise<Located | undefined> {
    const parts = partsOf(token);
    const loaded = parts && (await actors.loadForRefresh(parts.familyId, now()));
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

  /** With the token itself as its successor, the same statement only notes that it was used. */
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
    if (again?.place === 'superseded') await endAsReused(again);
    throw new errors.InvalidGrant('refresh token already used');
  }

  async function endAsReused({ family, generation }: Located): Promise<void> {
    await dependencies.alarm.refreshTokenReused(family, generation);
    facts.forget();
  }

  async function revoke({ id, clientId, userId, grantId, content }: RefreshFamily): Promise<void> {
    const { sessionUid } = content;
    const token = { clientId, userId, grantId, sessionUid: sessionUid as string | undefined }; // ours
    await dependencies.revocation.refreshToken(token, id);
    revokedGrant.set(grantId);
  }

  async function found(token: string, payload: AdapterPayload): Promise<void> {
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
    /** A rotated token is in place already: `consume` wrote it. */
    async upsert(token, payload) {
      if (successor.get() === token) return;
      await found(token, payload);
    },
    /** Called to revoke a token, and for one that was used again. */
    async destroy(token) {
      const known = foundFamily.get();
      const located = known?.token === token ? known : await locate(token);
      if (!located) return;
      if (located.place === 'superseded') return endAsReused(located);
      await revoke(located.family);
      facts.forget();
    },
    // The grant's row is the switch, and revoking it ends its families in the same statement.
    async revokeByGrantId() {},
  });

  return {
    adapter,
    /** True when this request uses a spent token again: the alarm ends the grant, and says why. */
    isReuse: (): boolean => foundFamily.get()?.place === 'superseded',
    /** True when this request has ended the grant together with a token that was given back. */
    hasEnded: (grantId: string): boolean => revokedGrant.get() === grantId,
    /**
     * Whether the engine is to rotate the token of this request. A token that is kept is confirmed
     * here, after all checks of the engine and before anything is issued for it.
     */
    async rotates({ oidc }: KoaContextWithOIDC): Promise<boolean> {
      const { RefreshToken: refreshToken, Client: client } = oidc.entities;
      // A token from before the client was bound to a key has a successor already.
      if (!refreshToken || !client || isRotating(client)) return true;
      if (foundFamily.get()?.place === 'retried') return true;
      await rotate(refreshToken.jti, refreshToken.jti);
      return false;
    },
    /** The next token id: the successor in a rotation, the first of a family otherwise. */
    nextToken(): string {
      return successor.get() ?? format.mint();
    },
  };
}

export type RefreshRotation = ReturnType<typeof createRefreshRotation>;
