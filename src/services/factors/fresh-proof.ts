// That somebody has proven just now who they are: what matters in an account asks for it. It belongs
// to one session, and ends after a few minutes.
import { twoFactorAcr } from '#domain/people/authentication.ts';
import { freshProofSeconds } from '#domain/people/passkeys.ts';
import type { ShortLivedStore } from '#stores/short-lived/short-lived.ts';

export interface ProvenSession {
  readonly sessionUid: string;
  readonly acr: string;
  readonly signedInAt: Date;
}

export interface FreshProofDependencies {
  readonly store: ShortLivedStore;
  readonly now: () => Date;
}

export function createFreshProof({ store, now }: FreshProofDependencies) {
  return {
    note: (sessionUid: string): Promise<void> =>
      store.put('FreshProof', sessionUid, {}, freshProofSeconds),
    /** A sign-in with two proofs is one by itself, as long as it is young. */
    async isFresh({ sessionUid, acr, signedInAt }: ProvenSession): Promise<boolean> {
      const ageSeconds = (now().getTime() - signedInAt.getTime()) / 1000;
      if (acr === twoFactorAcr && ageSeconds < freshProofSeconds) return true;
      return (await store.get('FreshProof', sessionUid)) !== undefined;
    },
  };
}

export type FreshProof = ReturnType<typeof createFreshProof>;
