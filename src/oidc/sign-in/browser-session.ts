// The browser session for pages outside an authorization request. oidc-provider owns the cookie and
// the record; this module reads, starts and ends the session through its models.
import type Provider from 'oidc-provider';
import {
  passwordAcr,
  type CompleteSignIn,
  type PendingSignIn,
} from '#core/sessions/authentication.ts';
import type { SignedInUser } from '#core/users/users.ts';
import type { Config } from '#config/config.ts';
import type { SubjectStatusService } from '#core/subject-status/subject-status.service.ts';
import { seconds } from '#oidc/adapters/payload.ts';
import type { BrowserAccounts, CookieContext } from '#oidc/sessions/browser-accounts.ts';
import type { SignInVersion } from './security-version.ts';
import { idleSecondsOf, type SessionLifetimes } from '#oidc/sessions/session-lifetimes.ts';
import { ownCookie } from '#platform/request/own-cookie.ts';

/** The authentication when the session began. It cannot be used to start another session. */
export interface SignedIn extends Omit<PendingSignIn, 'at'> {
  readonly user: SignedInUser;
  readonly sessionUid: string;
  readonly signedInAt: Date;
  /** Whether the session outlives the browser. */
  readonly stays: boolean;
}

export interface BrowserSessionDependencies {
  readonly provider: Provider;
  readonly subjectStatus: SubjectStatusService;
  readonly signInVersion: SignInVersion;
  readonly browserAccounts: BrowserAccounts;
  readonly config: Pick<Config, 'issuerUrl'> & SessionLifetimes;
  readonly now: () => Date;
}

export function createBrowserSession(dependencies: BrowserSessionDependencies) {
  const { provider, subjectStatus, signInVersion, browserAccounts, config, now } = dependencies;
  const name = provider.cookieName('session');
  const cookie = { ...ownCookie(config.issuerUrl).attributes, signed: true };

  async function find(ctx: CookieContext) {
    const id = ctx.cookies.get(name, { signed: true });
    return id === undefined ? undefined : provider.Session.find(id);
  }

  return {
    /** Returns the signed-in user, or `undefined` if no active user is signed in. */
    async read(ctx: CookieContext): Promise<SignedIn | undefined> {
      const session = await find(ctx);
      if (!session?.accountId) return undefined;
      const context = await subjectStatus.load({
        userId: session.accountId,
        grantId: undefined,
        sessionUid: session.uid,
      });
      const { user, session: stored } = context;
      if (!user || !stored?.signedInAt) return undefined;
      if (!subjectStatus.isActive(context, null, stored.signedInAt)) return undefined;
      const signedInAt = stored.loginAt ?? stored.signedInAt;
      const { acr = passwordAcr, amr = [], uid: sessionUid } = session;
      const stays = !stored.transient;
      return { user: { ...user, sessionUid }, acr, amr, sessionUid, signedInAt, stays };
    },
    /**
     * Starts a session with a new id. The previous session of this browser ends if it is of the
     * same user, and is parked if it is of another one.
     * @param stays whether the session outlives the browser
     * @throws AppError `session_expired` if the user was blocked or signed out everywhere meanwhile
     */
    async start(
      ctx: CookieContext,
      { user, acr, amr, at }: CompleteSignIn,
      stays: boolean,
    ): Promise<void> {
      const transient = !stays;
      await browserAccounts.replaceActive(ctx, user.id);
      const session = new provider.Session();
      session.loginAccount({
        accountId: user.id,
        loginTs: seconds(at),
        acr,
        amr: [...amr],
        transient,
      });
      signInVersion.set(user.securityVersion);
      const idleSeconds = idleSecondsOf(config, { transient });
      const lifeSeconds = Math.min(idleSeconds, config.sessionMaxSeconds);
      await session.save(lifeSeconds);
      const expires = transient ? undefined : new Date(now().getTime() + lifeSeconds * 1000);
      ctx.cookies.set(name, session.jti, { ...cookie, expires });
    },
  };
}

export type BrowserSession = ReturnType<typeof createBrowserSession>;
