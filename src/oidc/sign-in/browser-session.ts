// The browser's session outside of a protocol request: for our own pages. The engine owns the
// cookie and the record; here they are read, started and ended in its way.
import type Provider from 'oidc-provider';
import { passwordAcr, type CompleteSignIn } from '#domain/people/authentication.ts';
import { signInSecond } from '#domain/standing.ts';
import type { Config } from '#platform/settings/config.ts';
import type { StandingService } from '#services/standing/standing.ts';

/** The part of Koa's context that cookies need. */
export interface CookieContext {
  readonly cookies: {
    get(name: string, options?: { signed?: boolean }): string | undefined;
    set(name: string, value: string | null, options?: object): unknown;
  };
}

/** As it was when the session began. */
export interface SignedIn extends CompleteSignIn {
  readonly sessionUid: string;
  readonly signedInAt: Date;
}

export interface BrowserSessionDependencies {
  readonly provider: Provider;
  readonly standing: StandingService;
  readonly config: Pick<Config, 'issuerUrl' | 'sessionIdleSeconds' | 'sessionMaxSeconds'>;
  readonly now: () => Date;
}

export function createBrowserSession(dependencies: BrowserSessionDependencies) {
  const { provider, standing, config, now } = dependencies;
  const name = provider.cookieName('session');
  const cookie = {
    signed: true,
    httpOnly: true,
    sameSite: 'lax',
    path: '/',
    secure: config.issuerUrl.protocol === 'https:',
    overwrite: true,
  };

  async function find(ctx: CookieContext) {
    const id = ctx.cookies.get(name, { signed: true });
    return id === undefined ? undefined : provider.Session.find(id);
  }

  return {
    /** Who is signed in in this browser and may act; `undefined`: nobody. */
    async read(ctx: CookieContext): Promise<SignedIn | undefined> {
      const session = await find(ctx);
      if (!session?.accountId) return undefined;
      const facts = await standing.load({
        userId: session.accountId,
        grantId: undefined,
        sessionUid: undefined,
      });
      const { user } = facts;
      const signedInAt = new Date((session.loginTs ?? 0) * 1000);
      if (!user || !standing.mayAct(facts, null, signedInAt)) return undefined;
      const { acr = passwordAcr, amr = [], uid: sessionUid } = session;
      return { user, acr, amr, sessionUid, signedInAt };
    },
    /** Signs out whoever is signed in in this browser. */
    async end(ctx: CookieContext): Promise<void> {
      await (await find(ctx))?.destroy();
    },
    /** Starts a session with a new id; whatever this browser held before is over. */
    async start(ctx: CookieContext, { user, acr, amr, at }: CompleteSignIn): Promise<void> {
      await (await find(ctx))?.destroy();
      const session = new provider.Session();
      session.loginAccount({
        accountId: user.id,
        loginTs: signInSecond(user, at ?? now()),
        acr,
        amr: [...amr],
      });
      const lifeSeconds = Math.min(config.sessionIdleSeconds, config.sessionMaxSeconds);
      await session.save(lifeSeconds);
      const expires = new Date(now().getTime() + lifeSeconds * 1000);
      ctx.cookies.set(name, session.jti, { ...cookie, expires });
    },
  };
}

export type BrowserSession = ReturnType<typeof createBrowserSession>;
