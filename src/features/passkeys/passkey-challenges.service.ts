// WebAuthn challenges: random, for single use within five minutes, bound to one purpose and one
// context. A response with any other challenge is refused.
import { challengeBytes, challengeSeconds } from './passkeys.ts';
import { randomToken } from '#platform/crypto/hashing.ts';
import type { ShortLivedStore } from '#platform/short-lived/short-lived.ts';

export interface PasskeyStep {
  readonly purpose: 'sign-in' | 'second-factor' | 'confirm' | 'register';
  /** What the challenge belongs to: an interaction, a browser, a partial sign-in or a session. */
  readonly binding: string;
}

export interface PasskeyChallengeDependencies {
  readonly store: ShortLivedStore;
  readonly now: () => Date;
}

export function createPasskeyChallenges({ store, now }: PasskeyChallengeDependencies) {
  return {
    /** In base64url. */
    async make({ purpose, binding }: PasskeyStep): Promise<string> {
      const challenge = randomToken(challengeBytes);
      await store.put('PasskeyChallenge', challenge, { purpose, binding }, challengeSeconds);
      return challenge;
    },
    /** True for exactly one of several concurrent callers. */
    async take(challenge: string, { purpose, binding }: PasskeyStep): Promise<boolean> {
      const entry = await store.get('PasskeyChallenge', challenge);
      if (!entry || entry['purpose'] !== purpose || entry['binding'] !== binding) return false;
      return store.consume('PasskeyChallenge', challenge, now());
    },
  };
}

export type PasskeyChallenges = ReturnType<typeof createPasskeyChallenges>;
