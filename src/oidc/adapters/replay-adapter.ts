// Adapter for the ids of client assertions and DPoP proofs (RFC 7523, RFC 9449), each of which is
// accepted once.
import { decodeJwt, type JWTPayload } from 'jose';
import type { Adapter } from 'oidc-provider';
import type { RedisDataLoss } from '#platform/short-lived/data-loss.ts';
import { createRequestSlot } from '#platform/request/request-scope.ts';
import type { ShortLivedStore } from '#platform/short-lived/short-lived.ts';
import { adapterWith } from './adapter.ts';
import { assertionMaxSeconds } from '#oidc/clients/client-assertions.ts';
import { providerContext } from '#oidc/provider-context.ts';
import { ttlOf } from './short-lived-adapter.ts';

/** How long a claimed id is stored, unless oidc-provider then asks for more. */
const claimSeconds = 900;
/** How long oidc-provider accepts a DPoP proof or a nonce. */
const proofSeconds = 300;

export interface ReplayDependencies {
  readonly store: ShortLivedStore;
  readonly dataLoss: RedisDataLoss;
  readonly now: () => Date;
}

export function createReplayProtection({ store, dataLoss, now }: ReplayDependencies) {
  const postponed = createRequestSlot<string[]>('ids that are claimed later');

  /** True for the first request with this id, provided that no earlier one can have been forgotten. */
  async function claim(id: string): Promise<boolean> {
    const [isFirst, since] = await Promise.all([
      store.claim('ReplayDetection', id, claimSeconds),
      dataLoss.since(),
    ]);
    return isFirst && !isOldAssertion(since) && !isOldProof(since, now());
  }

  const adapter: Adapter = adapterWith({
    /**
     * oidc-provider checks first and writes later. Claiming the id inside the check prevents two
     * concurrent requests from both passing it.
     */
    async find(id) {
      const later = postponed.get();
      if (later) later.push(id);
      else if (!(await claim(id))) {
        return { jti: id, kind: 'ReplayDetection', exp: Number.MAX_SAFE_INTEGER };
      }
      return undefined;
    },
    async upsert(id, payload, expiresIn = 0) {
      const ttl = ttlOf(expiresIn);
      if (postponed.get() || ttl <= claimSeconds) return;
      await store.put('ReplayDetection', id, { iss: payload['iss'] }, ttl);
    },
  });

  return {
    adapter,
    claim,
    /**
     * Runs `work` with every id treated as new and none claimed. Returns the ids, which the caller must claim
     * before it accepts the result.
     */
    async postpone(work: () => Promise<unknown>): Promise<readonly string[]> {
      const ids: string[] = [];
      postponed.set(ids);
      try {
        await work();
        return ids;
      } finally {
        postponed.set(undefined);
      }
    },
  };
}

export type ReplayProtection = ReturnType<typeof createReplayProtection>;

/**
 * True for an assertion of the client or of a workload from before the loss. One without `iat` counts
 * as issued at the earliest time that its expiry allows.
 */
function isOldAssertion(since: Date): boolean {
  const { client_assertion: ofClient, assertion: ofWorkload } =
    providerContext()?.oidc.params ?? {};
  return [ofClient, ofWorkload].some((assertion) => {
    const { iat, exp } = readClaims(assertion);
    return exp !== undefined && isBefore(iat ?? exp - assertionMaxSeconds, since);
  });
}

/** No claims if it is not a JWT: the request is refused elsewhere. */
function readClaims(assertion: unknown): JWTPayload {
  try {
    return typeof assertion === 'string' ? decodeJwt(assertion) : {};
  } catch {
    return {};
  }
}

/**
 * True for a DPoP proof from before the loss that oidc-provider would accept. It accepts a proof, and
 * a nonce that replaces the time of the proof, for five minutes.
 */
function isOldProof(since: Date, at: Date): boolean {
  const proof = providerContext()?.get('dpop');
  if (proof === undefined || proof === '') return false;
  const { iat = 0, nonce } = decodeJwt(proof);
  const acceptedFrom = at.getTime() - proofSeconds * 1000;
  if (since.getTime() < acceptedFrom) return false;
  return isBefore(iat, since) && (nonce !== undefined || !isBefore(iat, new Date(acceptedFrom)));
}

/** Compares whole seconds, as proofs contain them. */
function isBefore(seconds: number, time: Date): boolean {
  return seconds * 1000 < time.getTime();
}
