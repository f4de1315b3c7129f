// The session in requests of FedCM. With them, a browser sends only cookies with SameSite=None, so the
// session cookie has a copy whose path is limited to the endpoints of FedCM; they accept requests from the
// browser itself only. The header Set-Login tells the browser whether an account is signed in.
import type { AuthorizationContextStore } from '#core/subject-status/authorization-context.store.ts';
import type { SubjectStatusService } from '#core/subject-status/subject-status.service.ts';
import type { User } from '#core/users/users.ts';
import type { Context, Next } from '#http/context.ts';
import type { CookieSigner } from '#platform/crypto/cookie-signer.ts';
import { ownCookie } from '#platform/request/own-cookie.ts';
import { fedcmPath } from './fedcm.ts';

export interface FedcmSessionDependencies {
  readonly issuerUrl: URL;
  readonly basePath: string;
  readonly cookieSigner: CookieSigner;
  readonly authorizationContexts: AuthorizationContextStore;
  readonly subjectStatus: SubjectStatusService;
  readonly now: () => Date;
}

export interface FedcmSession {
  readonly user: User;
  /** The session cookie and its signature, as in a Cookie header. */
  readonly cookie: string;
}

export function createFedcmSessions(dependencies: FedcmSessionDependencies) {
  const { issuerUrl, basePath, cookieSigner, authorizationContexts } = dependencies;
  const { subjectStatus, now } = dependencies;
  const { name } = ownCookie(issuerUrl);
  const copyName = issuerUrl.protocol === 'https:' ? '__Secure-ostiary-fedcm' : 'ostiary-fedcm';
  const attributes = `Path=${basePath}${fedcmPath}; HttpOnly; Secure; SameSite=None`;

  /** The user who is signed in; never an administrator who is signed in as the user. */
  async function find(id: string): Promise<User | undefined> {
    const context = await authorizationContexts.loadForSession(id, now());
    if (!context?.user || !context.session?.signedInAt) return undefined;
    if (context.session.impersonation) return undefined;
    const isActive = subjectStatus.isActive(context, null, context.session.signedInAt);
    return isActive ? context.user : undefined;
  }

  async function copy(ctx: Context, id: string, lifetime: string): Promise<void> {
    const user = id === '' ? undefined : await find(id);
    // The session of a visitor who is not signed in does not change the login status.
    if (user || id === '') ctx.append('Set-Login', user ? 'logged-in' : 'logged-out');
    if (!user) return ctx.append('Set-Cookie', `${copyName}=; ${attributes}; Max-Age=0`);
    const value = `${id}.${cookieSigner.sign(`${name}=${id}`)}`;
    return ctx.append('Set-Cookie', `${copyName}=${value}; ${attributes}${lifetime}`);
  }

  return {
    /** Copies the session cookie whenever a response sets or removes it. */
    async follow(ctx: Context, next: Next): Promise<void> {
      await next();
      const sent = ctx.response.headers['set-cookie'] ?? [];
      const session = (Array.isArray(sent) ? sent : [sent])
        .map(String)
        .findLast((each) => each.startsWith(`${name}=`));
      if (session === undefined) return;
      const id = session.slice(name.length + 1).split(';')[0] ?? '';
      const lifetime = /; *expires=[^;]+/i.exec(session)?.[0] ?? '';
      await copy(ctx, id, lifetime);
    },
    /** The session of a FedCM request. */
    async read(ctx: Context): Promise<FedcmSession | undefined> {
      const [id = '', signature = ''] = (ctx.cookies.get(copyName, { signed: false }) ?? '').split(
        '.',
      );
      if (!cookieSigner.verify(`${name}=${id}`, signature)) return undefined;
      const user = await find(id);
      return user && { user, cookie: `${name}=${id}; ${name}.sig=${signature}` };
    },
  };
}

export type FedcmSessions = ReturnType<typeof createFedcmSessions>;
