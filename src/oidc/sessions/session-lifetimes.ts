// How long a browser session lasts, and whether it outlives the browser.
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Config } from '#config/config.ts';

export type SessionLifetimes = Pick<
  Config,
  'sessionIdleSeconds' | 'sessionTransientIdleSeconds' | 'sessionMaxSeconds'
>;

/** The members of oidc-provider's session that determine its lifetime. */
interface ProviderSession {
  readonly loginTs?: number | undefined;
  transient?: boolean | undefined;
}

/** Lifetime of a session without a user; only the sign-out form needs one. */
const anonymousSessionSeconds = 900;

/** A transient session, whose user did not choose to stay signed in, has a shorter idle time. */
export function idleSecondsOf(
  { sessionIdleSeconds, sessionTransientIdleSeconds }: SessionLifetimes,
  { transient }: Pick<ProviderSession, 'transient'>,
): number {
  return transient ? Math.min(sessionIdleSeconds, sessionTransientIdleSeconds) : sessionIdleSeconds;
}

/** The lifetime in seconds from now. */
export type SessionSeconds = (ctx: KoaContextWithOIDC, session: ProviderSession) => number;

/** oidc-provider calls the function before it sets the cookie and saves the session. */
export function createSessionLifetime(config: SessionLifetimes, now: () => Date): SessionSeconds {
  return (ctx, session) => {
    if (session.loginTs === undefined) return anonymousSessionSeconds;
    renewPersistence(ctx, session);
    const age = Math.floor(now().getTime() / 1000) - session.loginTs;
    const idleSeconds = idleSecondsOf(config, session);
    return Math.max(1, Math.min(idleSeconds, config.sessionMaxSeconds - age));
  };
}

/**
 * A new sign-in decides anew whether the session outlives the browser. oidc-provider itself never
 * resets `transient`.
 */
function renewPersistence({ oidc }: KoaContextWithOIDC, session: ProviderSession): void {
  const login = oidc.result?.login;
  if (login && session.transient && login.remember !== false) session.transient = undefined;
}
