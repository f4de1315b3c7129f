// Remembers tokens whose signature was verified recently, so that repeated introspection of a token does not
// verify it again. This concerns the signature only: claims, expiry and revocation are checked every time.
import { sha256Text } from '#platform/crypto/hashing.ts';

/** Maximum number of tokens in a generation; two generations are kept. */
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
    // After a pause, the previous generation is too old as well.
    former = at < turnsAt + generationMilliseconds ? recent : new Set();
    recent = new Set();
    turnsAt = at + generationMilliseconds;
  }

  return {
    /** True if the signature of exactly this text was verified within the last minute. */
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
