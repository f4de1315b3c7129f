// Remembers DPoP proofs in the memory of this process. Forgetting one that is still valid would allow its
// replay, so a full store refuses further proofs until the oldest expire.
import { Refusal } from '../request/refusal.ts';
import type { ProofReplays } from '../types.ts';

export function createProofReplays(limit: number, now: () => Date): ProofReplays {
  const expiries = new Map<string, number>();

  /** Proofs expire nearly in the order in which they arrive. */
  function dropExpired(): void {
    for (const [key, expiry] of expiries) {
      if (expiry > now().getTime()) return;
      expiries.delete(key);
    }
  }

  return {
    claim(key, expiresAt) {
      dropExpired();
      if (expiries.has(key)) return false;
      if (expiries.size >= limit) {
        throw new Refusal(
          'temporarily_unavailable',
          `More than ${limit} DPoP proofs are remembered`,
        );
      }
      expiries.set(key, expiresAt.getTime());
      return true;
    },
  };
}
