// Models that live by time, in the short-lived store. Once-ness is decided by the store, never by a
// look at what was read before.
import { errors, type Adapter, type AdapterPayload } from 'oidc-provider';
import { AppError } from '#platform/errors.ts';
import type { KeySpace, ShortLivedStore } from '#platform/short-lived/short-lived.ts';
import {
  opaqueId,
  type RevokedToken,
  type TokenRevocation,
} from '#core/revocation/token-revocation.service.ts';
import type { StoreBirth } from '#platform/short-lived/data-loss.ts';
import { adapterWith } from './adapter.ts';
import { currentRoute, engineContext } from '#oidc/provider-context.ts';
import type { JwtAccessTokens } from '#oidc/tokens/jwt-access-tokens.ts';
import type { RequestFacts } from '#oidc/request-facts.ts';
import { requireText } from './session-adapter.ts';
import { isPossible } from '#oidc/tokens/token-prefixes.ts';

/** Entries outlive their expiry by the engine's clock tolerance; the engine judges the expiry. */
export const toleranceSeconds = 15;

export interface ShortLivedDependencies {
  readonly store: ShortLivedStore;
  readonly facts: RequestFacts;
  readonly jwts: JwtAccessTokens;
  readonly revocation: TokenRevocation;
  readonly birth: StoreBirth;
  readonly now: () => Date;
}

export function createShortLivedAdapter(
  { store, facts, jwts, revocation, birth, now }: ShortLivedDependencies,
  space: KeySpace,
): Adapter {
  async function findJwt(of: KeySpace, id: string): Promise<AdapterPayload | undefined> {
    return isAccessToken(of) ? jwts.find(of, id) : undefined;
  }

  async function findRecord(of: KeySpace, id: string): Promise<AdapterPayload | undefined> {
    const stored = await store.get(of, id);
    if (!stored || (isAccessToken(of) && (await isBack(id, stored['iat'])))) return undefined;
    return { ...stored, jti: id };
  }

  /** True for a revoked token that an older copy of the store has brought back. */
  async function isBack(id: string, iat: unknown): Promise<boolean> {
    const madeAt = new Date(Number(iat ?? 0) * 1000);
    return birth.mayBeOld(madeAt) && revocation.isRevoked(opaqueId(id));
  }

  return adapterWith({
    async upsert(id, payload, expiresIn = 0) {
      const { jti: _, ...stored } = payload; // the id is the secret, its hash is the key
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
    // The grant's row is the switch: no token of a revoked grant is accepted anywhere.
    async revokeByGrantId() {},
  });
}

function isAccessToken(space: KeySpace): space is 'AccessToken' | 'ClientCredentials' {
  return space === 'AccessToken' || space === 'ClientCredentials';
}

/** The token that its app is giving back in this request (RFC 7009). */
function revokedToken(now: Date): (RevokedToken & { readonly expiresAt: Date }) | undefined {
  if (currentRoute() !== 'revocation') return undefined;
  const { AccessToken: personal, ClientCredentials: own } = engineContext()?.oidc.entities ?? {};
  const token = personal ?? own;
  if (!token) return undefined;
  const clientId = requireText(token.clientId, 'clientId');
  const expiresAt = new Date(now.getTime() + ttlOf(Math.max(0, token.remainingTTL)) * 1000);
  if (!personal) return { clientId, expiresAt };
  const { accountId: userId, sessionUid, grantId } = personal;
  return { clientId, userId, sessionUid, grantId, expiresAt };
}

/** Seconds in the store, for an entry of so many. */
export function ttlOf(expiresIn: number): number {
  if (!Number.isFinite(expiresIn)) throw new AppError('internal', 'An entry without an end.');
  return Math.max(1, Math.ceil(expiresIn)) + toleranceSeconds;
}
