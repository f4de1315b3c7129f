// Adapter for the ids of client assertions and DPoP proofs (RFC 7523, RFC 9449), each of which is
// accepted once.
import { decodeJwt, type JWTPayload } from 'jose';
import type { Adapter } from 'oidc-provider';
import type { RedisDataLoss } from '#platform/short-lived/data-loss.ts';
import type { ShortLivedStore } from '#platform/short-lived/short-lived.ts';
import { adapterWith } from './adapter.ts';
import { assertionMaxSeconds } from '#oidc/clients/client-assertions.ts';
import { providerContext } from '#oidc/provider-context.ts';
import { ttlOf } from './short-lived-adapter.ts';

/** Minimum time for which a claimed id is stored; oidc-provider then writes the exact time. */
const claimSeconds = 900;
/** How long oidc-provider accepts a DPoP proof or a nonce. */
const proofSeconds = 300;

export interface ReplayDependencies {
  readonly store: ShortLivedStore;
  readonly dataLoss: RedisDataLoss;
  readonly now: () => Date;
}

export function createReplayAdapter({ store, dataLoss, now }: ReplayDependencies): Adapter {
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
      const isOld = isOldAssertion(since) || isOldProof(since, now());
      if (isFirst && !isOld) return undefined;
      return { jti: id, kind: 'ReplayDetection', exp: Number.MAX_SAFE_INTEGER };
    },
    async upsert(id, payload, expiresIn = 0) {
      const ttl = Math.max(ttlOf(expiresIn), claimSeconds);
      await store.put('ReplayDetection', id, { iss: payload['iss'] }, ttl);
    },
  });
}

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

/** None for what is not a JWT: the request is refused elsewhere. */
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
