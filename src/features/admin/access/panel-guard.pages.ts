// Access control of the panel. Every request is authorized by the same check as a call of the
// management API: client, user, grant and session are active, and the user has the role now.
import { administratorOf } from '#core/access-control/administrator.api.ts';
import type { Administrator } from '#core/access-control/administration.service.ts';
import type { AuditActor } from '#core/audit/audit.ts';
import type { ManagementScope } from '#core/clients/scopes.ts';
import type { User } from '#core/users/users.ts';
import type { UserStore } from '#core/users/users.store.ts';
import type { Context } from '#http/context.ts';
import { defaultLocale } from '#http/i18n/locales.ts';
import { needing, type ApiCaller, type ManagementTokens } from '#oidc/tokens/management-tokens.ts';
import { AppError } from '#platform/errors.ts';
import type { PanelCookie, PanelSession } from './panel-cookie.pages.ts';
import type { PanelAuthorization } from './panel-authorization.pages.ts';

/** An administrator who is signed in to the panel. */
export interface PanelVisit {
  readonly user: User;
  readonly actor: AuditActor;
  /** The actor, with the rights of the access token. */
  readonly administrator: Administrator;
  readonly caller: ApiCaller;
  readonly session: PanelSession;
  readonly may: (scope: ManagementScope) => boolean;
}

export interface PanelGuardDependencies {
  readonly cookie: PanelCookie;
  readonly authorization: PanelAuthorization;
  readonly tokens: ManagementTokens;
  readonly users: Pick<UserStore, 'findById'>;
  readonly isAllowedAddress: (address: string) => boolean;
  readonly now: () => Date;
}

/** A page is not opened with a token that may expire before its form is submitted. */
const renewalSeconds = 600;
/** Maximum age of the authentication for actions that cannot be undone. */
export const recentSeconds = 600;
/** A token of this age is replaced, so that newly granted rights take effect. */
const permittedSeconds = 15;
/** Additional time for filling in the form after that check. */
const formSeconds = 900;

interface Wanted {
  readonly scope: ManagementScope;
  readonly returnTo: string;
}

export function createPanelGuard(dependencies: PanelGuardDependencies) {
  const { cookie, authorization, tokens, users, isAllowedAddress, now } = dependencies;
  const nowSeconds = () => Math.floor(now().getTime() / 1000);

  async function read(ctx: Context): Promise<PanelVisit | undefined> {
    const session = cookie.read(ctx);
    const caller = session && (await tokens.read(session.accessToken));
    if (!session || caller?.actor.kind !== 'user') return undefined;
    const user = await users.findById(caller.actor.id ?? '');
    if (!user) return undefined;
    const may = (scope: ManagementScope) => caller.isOperator && caller.scopes.has(scope);
    const administrator = administratorOf(caller);
    return { user, actor: caller.actor, administrator, caller, session, may };
  }

  /** True if the token expires soon: for very short lifetimes, in their second half. */
  function isNearEnd({ issuedAt, expiresAt }: PanelSession): boolean {
    const reserve = Math.min(renewalSeconds, (expiresAt - issuedAt) / 2);
    return expiresAt - nowSeconds() < reserve;
  }

  /** A token contains the scopes that were permitted when it was issued. */
  function needsRenewal({ session, may }: PanelVisit, scope: ManagementScope): boolean {
    const isOld = nowSeconds() - session.issuedAt >= permittedSeconds;
    return isNearEnd(session) || (isOld && !may(scope));
  }

  function isRecent({ session }: PanelVisit, seconds: number): boolean {
    return nowSeconds() - session.authenticatedAt <= seconds;
  }

  return {
    /** Prepares any request to the panel. @throws AppError `not_found` from other networks */
    enter(ctx: Context): void {
      ctx.state.locale = defaultLocale;
      if (!isAllowedAddress(ctx.ip)) throw new AppError('not_found', 'Page not found.');
    },
    /**
     * Returns the visit, or `undefined` after redirecting the user to sign-in, which returns to `returnTo`. A
     * POST returns to the page of its form.
     */
    async visit(ctx: Context, { scope, returnTo }: Wanted): Promise<PanelVisit | undefined> {
      const visit = await read(ctx);
      const isRead = ctx.method === 'GET' || ctx.method === 'HEAD';
      if (visit && !(isRead && needsRenewal(visit, scope))) return visit;
      await authorization.begin(ctx, { returnTo });
      return undefined;
    },
    /** Returns false after redirecting the user to reauthentication, which returns to `returnTo`. */
    async confirmIdentity(ctx: Context, visit: PanelVisit, returnTo: string): Promise<boolean> {
      const isRead = ctx.method === 'GET' || ctx.method === 'HEAD';
      if (isRecent(visit, isRead ? recentSeconds : formSeconds)) return true;
      await authorization.begin(ctx, { returnTo, maxAgeSeconds: recentSeconds });
      return false;
    },
  };
}

/** The visitor as the author of an act, whose write proves again that the visitor has the scope. */
export function visitNeeding(visit: PanelVisit, scope: ManagementScope): PanelVisit {
  const caller = needing(visit.caller, [scope]);
  return { ...visit, caller, actor: caller.actor, administrator: administratorOf(caller) };
}

export type PanelGuard = ReturnType<typeof createPanelGuard>;
