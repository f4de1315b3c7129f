// A cookie that holds 256 random bits and identifies a browser. The caller that issued the value
// keeps what it refers to.
import type { Context } from './context.ts';
import { ownCookie } from '#platform/request/own-cookie.ts';

const wellFormed = /^[\w-]{43}$/;

export interface TokenCookieOptions {
  readonly issuerUrl: URL;
  /** Follows `__Host-ostiary-`, or `ostiary-` without TLS. */
  readonly name: string;
  /** If unset, the cookie lasts until the browser is closed. */
  readonly lifeMilliseconds?: number;
}

export function createTokenCookie({ issuerUrl, name, lifeMilliseconds }: TokenCookieOptions) {
  const { name: fullName, attributes: shared } = ownCookie(issuerUrl, name);
  const attributes = { ...shared, signed: false };
  return {
    read(ctx: Context): string | undefined {
      const value = ctx.cookies.get(fullName, { signed: false }) ?? '';
      return wellFormed.test(value) ? value : undefined;
    },
    set(ctx: Context, token: string): void {
      const life = lifeMilliseconds === undefined ? {} : { maxAge: lifeMilliseconds };
      ctx.cookies.set(fullName, token, { ...attributes, ...life });
    },
    clear(ctx: Context): void {
      ctx.cookies.set(fullName, null, attributes);
    },
  };
}

export type TokenCookie = ReturnType<typeof createTokenCookie>;
