// The cookie of a browser that asked for mail: random, and good for nothing but telling the browser
// that asked from others, in which a code is worth nothing.
import { randomToken } from '#platform/crypto/hashing.ts';
import type { Context } from '#http/context.ts';
import { createTokenCookie } from '#http/token-cookie.ts';

/** Proofs are good for an hour; somebody who begins again keeps the same one. */
const lifeMilliseconds = 24 * 60 * 60 * 1000;

export function createProofCookie({ issuerUrl }: { readonly issuerUrl: URL }) {
  const { read, set } = createTokenCookie({ issuerUrl, name: 'proof', lifeMilliseconds });
  return {
    read,
    /** The browser's own, made now if it has none. */
    ensure(ctx: Context): string {
      const value = read(ctx) ?? randomToken();
      set(ctx, value);
      return value;
    },
  };
}

export type ProofCookie = ReturnType<typeof createProofCookie>;
