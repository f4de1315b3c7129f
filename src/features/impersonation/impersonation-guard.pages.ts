// Middleware for browsers in which an administrator is signed in as a user: shows the banner on every page,
// and refuses requests that could change the account. After the impersonation has ended, the next page
// restores the administrator's own session.
import { errors } from 'oidc-provider';
import type { ActiveImpersonation } from '#core/impersonations/impersonations.ts';
import type { Impersonations } from '#core/impersonations/impersonations.service.ts';
import type { Context, Next } from '#http/context.ts';
import type { CsrfProtection } from '#http/csrf.ts';
import type { Render } from '#http/rendering/render.ts';
import { defineView, type FormLocals } from '#http/rendering/view.ts';
import type { BrowserAccounts } from '#oidc/sessions/browser-accounts.ts';
import type { Interactions } from '#oidc/sign-in/interactions.ts';
import type { RequestDeviceSlot } from '#platform/request/request-device.ts';
import { noteImpersonation, type RequestOriginSlot } from '#platform/request/request-origin.ts';
import type { ImpersonationCookie } from './impersonation-cookie.pages.ts';
import { isPage, isPermitted } from './permitted-requests.ts';

export interface RestrictedLocals {
  readonly name: string;
  readonly accountHref: string;
  /** Returns to the client, whose request cannot be fulfilled. */
  readonly cancel?: FormLocals | undefined;
}

export const restrictedView = defineView<RestrictedLocals>(
  'impersonation/impersonation-restricted',
);

export interface ImpersonationGuardDependencies {
  readonly basePath: string;
  readonly impersonations: Impersonations;
  readonly impersonationCookie: ImpersonationCookie;
  readonly browserAccounts: BrowserAccounts;
  readonly interactions: Interactions;
  readonly csrf: CsrfProtection;
  readonly render: Render;
  readonly requestDevice: RequestDeviceSlot;
  readonly requestOrigin: RequestOriginSlot;
  readonly now: () => Date;
}

export const endedPath = '/auth/impersonation/ended';
export const endPath = '/auth/impersonation/end';
const interactionPath = /^\/auth\/interaction\/([^/]+)$/;

export function createImpersonationGuard(dependencies: ImpersonationGuardDependencies) {
  const { basePath, impersonations, impersonationCookie, requestDevice } = dependencies;

  async function findActive(id: string): Promise<ActiveImpersonation | undefined> {
    const device = requestDevice.get()?.readId();
    return device === undefined ? undefined : impersonations.findActive(id, device);
  }

  return async function guardImpersonation(ctx: Context, next: Next): Promise<unknown> {
    const id = impersonationCookie.read(ctx);
    if (id === undefined) return next();
    const path = ctx.path.startsWith(basePath) ? ctx.path.slice(basePath.length) : ctx.path;
    const active = await findActive(id);
    if (!active) return leave(dependencies, { ctx, next, id, path });
    noteBrowser(dependencies, ctx, active);
    if (isPermitted(ctx.method, path)) return next();
    return refuse(dependencies, { ctx, next, active, path });
  };
}

function noteBrowser(
  { basePath, csrf, requestOrigin, now }: ImpersonationGuardDependencies,
  ctx: Context,
  { id, administratorId, userId, userName, endsAt }: ActiveImpersonation,
): void {
  noteImpersonation(requestOrigin, { administratorId, userId, cookieId: id });
  ctx.state.impersonation = {
    name: userName,
    minutes: Math.max(1, Math.ceil((endsAt.getTime() - now().getTime()) / 60_000)),
    action: `${basePath}${endPath}`,
    formToken: csrf.token(csrf.visitor(ctx)),
  };
}

interface Refused {
  readonly ctx: Context;
  readonly next: Next;
  readonly active: ActiveImpersonation;
  readonly path: string;
}

/** A page of an interaction leads back to the client. */
async function refuse(
  dependencies: ImpersonationGuardDependencies,
  { ctx, next, active, path }: Refused,
): Promise<unknown> {
  const { basePath, render } = dependencies;
  const uid = ctx.method === 'GET' ? interactionPath.exec(path)?.[1] : undefined;
  const cancel = uid === undefined ? undefined : await cancelOf(dependencies, ctx, uid);
  // The interaction has ended, or its own page says that the user may not use the client.
  if (cancel === 'own page') return next();
  const accountHref = `${basePath}/auth/account`;
  return render(
    ctx,
    restrictedView,
    { name: active.userName, accountHref, cancel },
    { status: 403 },
  );
}

async function cancelOf(
  { basePath, csrf, interactions }: ImpersonationGuardDependencies,
  ctx: Context,
  uid: string,
): Promise<FormLocals | 'own page'> {
  try {
    const open = await interactions.open(ctx.req, ctx.res, uid);
    const isRefused = !open.needsSignIn && (await interactions.refusal(open)) !== undefined;
    if (isRefused) return 'own page';
  } catch (error) {
    if (error instanceof errors.SessionNotFound) return 'own page';
    throw error;
  }
  const action = `${basePath}/auth/interaction/${encodeURIComponent(uid)}/cancel`;
  return { action, formToken: csrf.token(uid) };
}

interface Left {
  readonly ctx: Context;
  readonly next: Next;
  readonly id: string;
  readonly path: string;
}

/** The impersonation has ended, or belongs to another browser. */
async function leave(
  dependencies: ImpersonationGuardDependencies,
  { ctx, next, id, path }: Left,
): Promise<unknown> {
  const { basePath, impersonations, impersonationCookie } = dependencies;
  if (!isPage(ctx.method, path)) return next();
  await impersonations.settle();
  impersonationCookie.clear(ctx);
  // The page of an interaction offers the administrator's account itself.
  if (interactionPath.test(path)) return next();
  await restoreAdministrator(dependencies, ctx, id);
  if (path.startsWith('/auth/admin')) return next();
  ctx.status = 303;
  return ctx.redirect(`${basePath}${endedPath}`);
}

/** Makes the session of the administrator the active one again, unless it has ended. */
export async function restoreAdministrator(
  {
    impersonations,
    browserAccounts,
  }: Pick<ImpersonationGuardDependencies, 'impersonations' | 'browserAccounts'>,
  ctx: Context,
  id: string,
): Promise<void> {
  const past = await impersonations.find(id);
  if (past) await browserAccounts.activate(ctx, past.administratorSessionUid);
}
