// Remembers of which tokens the signature was verified a moment ago, so that an API that asks about the
// same token again does not pay for the verification again. Only the signature: claims, expiry and
// revocation are checked at each use.
import { sha256Text } from '#platform/crypto/hashing.ts';

/** Tokens in one generation; two generations are kept. */
const maxTokens = 5000;
const generationMilliseconds = 30_000;

/** @param now the clock, in milliseconds */
export function createVerifiedTokens(now: () => number) {
  let recent = new Set<string>();
  let former = new Set<string>();
  let turnsAt = 0;

  function turn(): void {
    const at = now();
    if (recent.size < maxTokens && at < turnsAt) return;
    // After a pause, the former generation is too old as well.
    former = at < turnsAt + generationMilliseconds ? recent : new Set();
    recent = new Set();
    turnsAt = at + generationMilliseconds;
  }

  return {
    /** Whether the signature of exactly this text was verified in the last minute. */
    has(token: string): boolean {
      turn();
      const digest = sha256Text(token);
      return recent.has(digest) || former.has(digest);
    },
    add(token: string): void {
      turn();
      recent.add(sha256Text(token));
    },
    /** Must be called when the keys change. */
    clear(): void {
      recent.clear();
      former.clear();
    },
  };
}

export type VerifiedTokens = ReturnType<typeof createVerifiedTokens>;
