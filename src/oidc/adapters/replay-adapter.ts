// Adapter for the ids of client assertions and DPoP proofs (RFC 7523, RFC 9449), each of which is
// accepted once.
import { decodeJwt } from 'jose';
import type { Adapter } from 'oidc-provider';
import type { RedisDataLoss } from '#platform/short-lived/data-loss.ts';
import type { ShortLivedStore } from '#platform/short-lived/short-lived.ts';
import { adapterWith } from './adapter.ts';
import { assertionMaxSeconds } from '#oidc/clients/client-assertions.ts';
import { providerContext } from '#oidc/provider-context.ts';
import { ttlOf } from './short-lived-adapter.ts';

/** Minimum time for which a claimed id is stored; oidc-provider then writes the exact time. */
const claimSeconds = 900;

export interface ReplayDependencies {
  readonly store: ShortLivedStore;
  readonly dataLoss: RedisDataLoss;
}

export function createReplayAdapter({ store, dataLoss }: ReplayDependencies): Adapter {
  return adapterWith({
    /**
     * oidc-provider checks first and writes later. Claiming the id inside the check prevents two
     * concurrent requests from both passing it.
     */
    async find(id) {
      const [isFirst, since] = await Promise.all([
        store.claim('ReplayDetection', id, claimSeconds),
        dataLoss.since(),
      ]);
      if (isFirst && !presentedProofs().some((proof) => isOlder(proof, since))) return undefined;
      return { jti: id, kind: 'ReplayDetection', exp: Number.MAX_SAFE_INTEGER };
    },
    async upsert(id, payload, expiresIn = 0) {
      const ttl = Math.max(ttlOf(expiresIn), claimSeconds);
      await store.put('ReplayDetection', id, { iss: payload['iss'] }, ttl);
    },
  });
}

function presentedProofs(): readonly string[] {
  const ctx = providerContext();
  const { client_assertion: ofClient, assertion: ofWorkload } = ctx?.oidc.params ?? {};
  const proofs = [ofClient, ofWorkload, ctx?.get('dpop')];
  // True because of the filter.
  return proofs.filter((proof) => typeof proof === 'string' && proof !== '') as string[];
}

/**
 * Compares whole seconds, as proofs contain them. A proof without `iat` counts as issued at the
 * earliest time that its expiry allows.
 */
function isOlder(proof: string, since: Date): boolean {
  const { iat, exp } = decodeJwt(proof);
  const madeAt = iat ?? (exp ?? 0) - assertionMaxSeconds;
  return madeAt * 1000 < since.getTime();
}
