// Ids of client assertions and DPoP proofs (RFC 7523, RFC 9449): each is good once.
import { decodeJwt } from 'jose';
import type { Adapter } from 'oidc-provider';
import type { StoreBirth } from '#platform/short-lived/data-loss.ts';
import type { ShortLivedStore } from '#platform/short-lived/short-lived.ts';
import { adapterWith } from './adapter.ts';
import { assertionMaxSeconds } from '#oidc/clients/client-assertions.ts';
import { engineContext } from '#oidc/provider-context.ts';
import { ttlOf } from './short-lived-adapter.ts';

/** A claimed id is remembered at least this long; the engine then writes the true time. */
const claimSeconds = 900;

export interface ReplayDependencies {
  readonly store: ShortLivedStore;
  readonly birth: StoreBirth;
}

export function createReplayAdapter({ store, birth }: ReplayDependencies): Adapter {
  return adapterWith({
    /**
     * The engine asks "seen?" and writes later; claiming inside the question leaves no moment in
     * which two requests both hear "no".
     */
    async find(id) {
      const [isFirst, since] = await Promise.all([
        store.claim('ReplayDetection', id, claimSeconds),
        birth.since(),
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
  const ctx = engineContext();
  const assertion = ctx?.oidc.params?.['client_assertion'];
  const proofs = [assertion, ctx?.get('dpop')];
  return proofs.filter((proof) => typeof proof === 'string' && proof !== '') as string[]; // as seen
}

/** By the second, as proofs carry it. Without a time of making, it may be as old as allowed. */
function isOlder(proof: string, since: Date): boolean {
  const { iat, exp } = decodeJwt(proof);
  const madeAt = iat ?? (exp ?? 0) - assertionMaxSeconds;
  return madeAt * 1000 < since.getTime();
}
