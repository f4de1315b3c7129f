// Adapter for models in the short-lived store. The store enforces single use atomically; the
// adapter never relies on an earlier read.
import { errors, type Adapter, type AdapterPayload } from 'oidc-provider';
import { AppError } from '#platform/errors.ts';
import type { KeySpace, ShortLivedStore } from '#platform/short-lived/short-lived.ts';
import {
  opaqueId,
  type RevokedToken,
  type TokenRevocation,
} from '#core/revocation/token-revocation.service.ts';
import type { RedisDataLoss } from '#platform/short-lived/data-loss.ts';
import { adapterWith } from './adapter.ts';
import { currentRoute, providerContext } from '#oidc/provider-context.ts';
import type { JwtAccessTokens } from '#oidc/tokens/jwt-access-tokens.ts';
import type { RequestFacts } from '#oidc/request-facts.ts';
import { requireText } from './payload.ts';
import { isPossible } from '#oidc/tokens/token-prefixes.ts';

/**
 * Entries are kept longer than their lifetime by oidc-provider's clock tolerance; oidc-provider
 * checks the expiry.
 */
export const toleranceSeconds = 15;

export interface ShortLivedDependencies {
  readonly store: ShortLivedStore;
  readonly facts: RequestFacts;
  readonly jwts: JwtAccessTokens;
  readonly revocation: TokenRevocation;
  readonly dataLoss: RedisDataLoss;
  readonly now: () => Date;
}

export function createShortLivedAdapter(
  { store, facts, jwts, revocation, dataLoss, now }: ShortLivedDependencies,
  space: KeySpace,
): Adapter {
  async function findJwt(of: KeySpace, id: string): Promise<AdapterPayload | undefined> {
    return isAccessToken(of) ? jwts.find(of, id) : undefined;
  }

  async function findRecord(of: KeySpace, id: string): Promise<AdapterPayload | undefined> {
    const stored = await store.get(of, id);
    if (!stored || (isAccessToken(of) && (await isRestored(id, stored['iat'])))) return undefined;
    return { ...stored, jti: id };
  }

  /** True for a revoked token that reappeared because an older copy of the store was restored. */
  async function isRestored(id: string, iat: unknown): Promise<boolean> {
    const madeAt = new Date(Number(iat ?? 0) * 1000);
    return dataLoss.mayPredateLoss(madeAt) && revocation.isRevoked(opaqueId(id));
  }

  return adapterWith({
    async upsert(id, payload, expiresIn = 0) {
      const { jti: _, ...stored } = payload; // the id is secret; its hash is the key
      await store.put(space, id, stored, ttlOf(expiresIn));
    },
    async find(id) {
      if (!isPossible(space, id)) return undefined;
      const payload = (await findJwt(space, id)) ?? (await findRecord(space, id));
      if (!payload) return undefined;
      facts.expect({
        userId: payload.accountId,
        grantId: payload.grantId,
        sessionUid: payload.expiresWithSession ? payload.sessionUid : undefined,
      });
      return payload;
    },
    async consume(id) {
      if (await store.consume(space, id, now())) return;
      if (space === 'PushedAuthorizationRequest') {
        throw new errors.InvalidRequestUri('request_uri is invalid, expired, or was already used');
      }
      throw new errors.InvalidGrant(`${space} was already used`);
    },
    async destroy(id) {
      if (await jwts.revoke(id)) return;
      const token = revokedToken(now());
      if (token) await revocation.opaque(token, id, token.expiresAt);
      await store.remove(space, id);
    },
    // No work is needed: every lookup checks the row of the grant.
    async revokeByGrantId() {},
  });
}

function isAccessToken(space: KeySpace): space is 'AccessToken' | 'ClientCredentials' {
  return space === 'AccessToken' || space === 'ClientCredentials';
}

/** The token that its client revokes in this request (RFC 7009). */
function revokedToken(now: Date): (RevokedToken & { readonly expiresAt: Date }) | undefined {
  if (currentRoute() !== 'revocation') return undefined;
  const { AccessToken: personal, ClientCredentials: own } = providerContext()?.oidc.entities ?? {};
  const token = personal ?? own;
  if (!token) return undefined;
  const clientId = requireText(token.clientId, 'clientId');
  const expiresAt = new Date(now.getTime() + ttlOf(Math.max(0, token.remainingTTL)) * 1000);
  if (!personal) return { clientId, expiresAt };
  const { accountId: userId, sessionUid, grantId } = personal;
  return { clientId, userId, sessionUid, grantId, expiresAt };
}

/** Time to live in the store, in seconds, for an entry that expires after `expiresIn` seconds. */
export function ttlOf(expiresIn: number): number {
  if (!Number.isFinite(expiresIn)) throw new AppError('internal', 'The entry has no expiry.');
  return Math.max(1, Math.ceil(expiresIn)) + toleranceSeconds;
}
