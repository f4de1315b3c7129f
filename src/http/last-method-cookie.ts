// Remembers in the browser which sign-in method was used last, so that the sign-in page can mark it.
// The value is one of a fixed list, names no user and grants no access.
import type { Context } from './context.ts';
import { ownCookie } from '#platform/request/own-cookie.ts';

/** Methods apart from the identity providers, whose ids are added to the list. */
const ownMethods = ['password', 'passkey', 'email'] as const;

const lifeMilliseconds = 400 * 24 * 60 * 60 * 1000;

/** The first `amr` value of a sign-in: the method that the user chose (RFC 8176). */
const methodOfAmr: Readonly<Record<string, (typeof ownMethods)[number]>> = {
  pwd: 'password',
  email: 'email',
  swk: 'passkey',
  hwk: 'passkey',
};

export interface LastMethodOptions {
  readonly issuerUrl: URL;
  /** The identity providers that users can sign in with now. */
  readonly providerIds: () => readonly string[];
}

export function createLastMethod({ issuerUrl, providerIds }: LastMethodOptions) {
  const { name, attributes } = ownCookie(issuerUrl, 'method');
  const methods = (): readonly string[] => [...ownMethods, ...providerIds()];

  function remember(ctx: Context, method: string): void {
    ctx.cookies.set(name, method, { ...attributes, signed: false, maxAge: lifeMilliseconds });
  }

  return {
    /** `undefined` if no method is remembered, or it is no longer available. */
    read(ctx: Context): string | undefined {
      const value = ctx.cookies.get(name, { signed: false });
      return methods().find((method) => method === value);
    },
    /** Called after a sign-in, except at an identity provider (`rememberProvider`). */
    remember(ctx: Context, { amr }: { readonly amr: readonly string[] }): void {
      const method = methodOfAmr[amr[0] ?? ''];
      if (method !== undefined) remember(ctx, method);
    },
    rememberProvider(ctx: Context, providerId: string): void {
      if (methods().includes(providerId)) remember(ctx, providerId);
    },
  };
}

export type LastMethod = ReturnType<typeof createLastMethod>;
