// An attempt to sign in with a password, as all pages make it: throttled, and remembered in the
// browser after success.
import type { SignIn, SignInOutcome } from './password-sign-in.service.ts';
import type { SignInThrottle } from './throttle/sign-in-throttle.service.ts';
import type { Context } from '#http/context.ts';
import type { KnownDevice } from './known-device.pages.ts';

export type AttemptOutcome =
  | (Extract<SignInOutcome, { ok: true }> & {
      /** Undoes the count of this attempt; await it together with the next write. */
      readonly settle: () => Promise<void>;
    })
  | { readonly ok: false; readonly reason: 'wrong' | 'blocked' | 'missing' | 'throttled' };

export interface SignInAttemptDependencies {
  readonly signIn: SignIn;
  readonly throttle: SignInThrottle;
  readonly knownDevice: KnownDevice;
}

export interface Typed {
  readonly login: string;
  readonly password: string;
  /** The client that requested the sign-in. */
  readonly clientId?: string | undefined;
}

export function createSignInAttempts(dependencies: SignInAttemptDependencies) {
  const { signIn, throttle, knownDevice } = dependencies;
  return {
    /** Sets Retry-After when the attempt is throttled; the caller still renders the page. */
    async attempt(ctx: Context, { login, password, clientId }: Typed): Promise<AttemptOutcome> {
      if (login === '' || password === '') return { ok: false, reason: 'missing' };
      const admission = await throttle.admit({
        login,
        address: ctx.ip,
        knownDevice: knownDevice.find(ctx, login),
      });
      if (!admission.ok) {
        ctx.set('Retry-After', String(admission.retryAfterSeconds));
        const { news } = admission;
        if (news.length > 0) await signIn.noteThrottled({ login, clientId }, news);
        return { ok: false, reason: 'throttled' };
      }
      const outcome = await signIn.withPassword({ login, clientId }, password);
      if (!outcome.ok) return outcome;
      knownDevice.remember(ctx, login);
      return { ...outcome, settle: () => throttle.forgive(admission.counters) };
    },
  };
}

export type SignInAttempts = ReturnType<typeof createSignInAttempts>;

/** HTTP status of the page for a refused attempt. */
export function statusOf(reason: Extract<AttemptOutcome, { ok: false }>['reason']): number {
  return reason === 'throttled' ? 429 : 422;
}
