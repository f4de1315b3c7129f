// Challenges for authenticators: random, made here, good once, for five minutes, for one purpose in
// one place. Whoever brings back another one proves nothing.
import { challengeBytes, challengeSeconds } from './passkeys.ts';
import { randomToken } from '#platform/crypto/hashing.ts';
import type { ShortLivedStore } from '#platform/short-lived/short-lived.ts';

export interface PasskeyStep {
  readonly purpose: 'sign-in' | 'second-factor' | 'confirm' | 'register';
  /** What it is part of: an interaction, a browser, half a sign-in, a session. */
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
    /** True for exactly one caller, however many arrive together. */
    async take(challenge: string, { purpose, binding }: PasskeyStep): Promise<boolean> {
      const entry = await store.get('PasskeyChallenge', challenge);
      if (!entry || entry['purpose'] !== purpose || entry['binding'] !== binding) return false;
      return store.consume('PasskeyChallenge', challenge, now());
    },
  };
}

export type PasskeyChallenges = ReturnType<typeof createPasskeyChallenges>;
