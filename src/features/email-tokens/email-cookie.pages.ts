// The cookie that binds an email token to the browser that requested it. Its random value grants no
// access; a code is accepted only in the browser that requested it.
import { randomToken } from '#platform/crypto/hashing.ts';
import type { Context } from '#http/context.ts';
import { createTokenCookie } from '#http/token-cookie.ts';

/** Longer than the lifetime of a code, so that repeated requests keep the same cookie. */
const lifeMilliseconds = 24 * 60 * 60 * 1000;

export function createEmailTokenCookie({ issuerUrl }: { readonly issuerUrl: URL }) {
  const { read, set } = createTokenCookie({ issuerUrl, name: 'proof', lifeMilliseconds });
  return {
    read,
    /** Returns the value of the cookie, and sets the cookie if the browser has none. */
    ensure(ctx: Context): string {
      const value = read(ctx) ?? randomToken();
      set(ctx, value);
      return value;
    },
  };
}

export type EmailTokenCookie = ReturnType<typeof createEmailTokenCookie>;
