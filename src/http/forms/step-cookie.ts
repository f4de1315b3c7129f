// The cookie of a browser in which half a sign-in was done: it names that half, and nothing else does.
import type { Context } from '#http/context.ts';

const wellFormed = /^[\w-]{43}$/;

export function createStepCookie({ issuerUrl }: { readonly issuerUrl: URL }) {
  const secure = issuerUrl.protocol === 'https:';
  const name = secure ? '__Host-ostiary-step' : 'ostiary-step';
  const options = { httpOnly: true, sameSite: 'lax', path: '/', secure, signed: false } as const;
  return {
    /** Until the browser is closed; the server forgets it sooner. */
    set(ctx: Context, token: string): void {
      ctx.cookies.set(name, token, { ...options, overwrite: true });
    },
    read(ctx: Context): string | undefined {
      const value = ctx.cookies.get(name, { signed: false }) ?? '';
      return wellFormed.test(value) ? value : undefined;
    },
    clear(ctx: Context): void {
      ctx.cookies.set(name, null, { ...options, overwrite: true });
    },
  };
}

export type StepCookie = ReturnType<typeof createStepCookie>;
