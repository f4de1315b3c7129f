// The session of an authorization request, and its renewal: oidc-provider sends the cookie again and stores
// the session with every request (lib/shared/session.js).
import type { KoaContextWithOIDC, Provider } from 'oidc-provider';
import type { Context } from '#http/context.ts';
import type { SessionSeconds } from '#oidc/sessions/session-lifetimes.ts';
import type { CookieSigner } from '#platform/crypto/cookie-signer.ts';
import { reportOutage } from '#oidc/adapters/database-outage.ts';
import { ownCookie } from '#platform/request/own-cookie.ts';

type Session = InstanceType<Provider['Session']>;

export interface SessionRenewalDependencies {
  readonly provider: Provider;
  readonly issuerUrl: URL;
  readonly cookieSigner: CookieSigner;
  readonly sessionSeconds: SessionSeconds;
}

/** The cookies of a session, which may have ended already. */
export interface SessionCookies {
  readonly id: string;
  readonly signature: string;
}

export function createSessionRenewal(dependencies: SessionRenewalDependencies) {
  const { provider, issuerUrl, cookieSigner, sessionSeconds } = dependencies;
  const { name, attributes } = ownCookie(issuerUrl);
  const signatureName = `${name}.sig`;
  // In the order in which oidc-provider writes them.
  const shared = `; path=/; samesite=lax${attributes.secure ? '; secure' : ''}; httponly`;

  return {
    /** `undefined` without cookies that this server has signed with its current key. */
    read({ cookies }: Pick<Context, 'cookies'>): SessionCookies | undefined {
      const id = cookies.get(name, { signed: false });
      const signature = cookies.get(signatureName, { signed: false });
      if (id === undefined || signature === undefined) return undefined;
      const isCurrent = cookieSigner.index(`${name}=${id}`, signature) === 0;
      return isCurrent ? { id, signature } : undefined;
    },
    /** @throws DatabaseOutage */
    load: ({ id }: SessionCookies): Promise<Session | undefined> =>
      reportOutage(() => provider.Session.find(id)),
    /** Returns the cookies to send. @throws if the session was revoked in the meantime */
    async renew(
      ctx: KoaContextWithOIDC,
      session: Session,
      { signature }: SessionCookies,
    ): Promise<readonly string[]> {
      await session.save(sessionSeconds(ctx, session));
      const end = session.transient
        ? shared
        : `${shared}; expires=${new Date(session.exp * 1000).toUTCString()}`;
      return [`${name}=${session.jti}${end}`, `${signatureName}=${signature}${end}`];
    },
  };
}
