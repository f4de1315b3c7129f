// The cookie of a browser that asked for mail: random, and good for nothing but telling the browser
// that asked from others, in which a code is worth nothing.
import { randomToken } from '#platform/secrets/hashing.ts';
import type { Context } from '#http/context.ts';

/** Proofs are good for an hour; somebody who begins again keeps the same one. */
const lifeMilliseconds = 24 * 60 * 60 * 1000;
const wellFormed = /^[\w-]{43}$/;

export function createProofCookie({ issuerUrl }: { readonly issuerUrl: URL }) {
  const secure = issuerUrl.protocol === 'https:';
  const name = secure ? '__Host-ostiary-proof' : 'ostiary-proof';

  function read(ctx: Context): string | undefined {
    const value = ctx.cookies.get(name, { signed: false }) ?? '';
    return wellFormed.test(value) ? value : undefined;
  }

  return {
    read,
    /** The browser's own, made now if it has none. */
    ensure(ctx: Context): string {
      const value = read(ctx) ?? randomToken();
      ctx.cookies.set(name, value, {
        httpOnly: true,
        sameSite: 'lax',
        path: '/',
        secure,
        signed: false,
        overwrite: true,
        maxAge: lifeMilliseconds,
      });
      return value;
    },
  };
}

export type ProofCookie = ReturnType<typeof createProofCookie>;
