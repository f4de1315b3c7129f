// Ends an impersonation from the banner, and the page after its end.
import type Router from '@koa/router';
import type { Impersonations } from '#core/impersonations/impersonations.service.ts';
import type { Context } from '#http/context.ts';
import { unlimited } from '#http/rate-limit/route-limit.ts';
import { defineView } from '#http/rendering/view.ts';
import type { SitePages } from '#http/site-pages.ts';
import type { BrowserAccounts } from '#oidc/sessions/browser-accounts.ts';
import { isAppError } from '#platform/errors.ts';
import type { ImpersonationCookie } from './impersonation-cookie.pages.ts';
import { endedPath, endPath, restoreAdministrator } from './impersonation-guard.pages.ts';

export interface EndedLocals {
  readonly panelHref: string;
}

export const endedView = defineView<EndedLocals>('impersonation/impersonation-ended');

export interface ImpersonationPageDependencies {
  readonly site: SitePages;
  readonly impersonations: Impersonations;
  readonly impersonationCookie: ImpersonationCookie;
  readonly browserAccounts: BrowserAccounts;
}

export function addImpersonationPages(
  router: Router,
  dependencies: ImpersonationPageDependencies,
): void {
  const { site } = dependencies;

  router.get(endedPath, (ctx) => {
    site.render(ctx, endedView, { panelHref: site.address('/auth/admin') });
  });

  router.post(endPath, unlimited('limitedRequest'), async (ctx) => {
    await site.readForm(ctx);
    site.redirect(ctx, await end(dependencies, ctx));
  });
}

/** @returns where the administrator continues */
async function end(dependencies: ImpersonationPageDependencies, ctx: Context): Promise<string> {
  const { impersonations, impersonationCookie } = dependencies;
  const id = impersonationCookie.read(ctx);
  const known = id === undefined ? undefined : await impersonations.find(id);
  if (!known) return endedPath;
  try {
    await impersonations.end(known.id, { kind: 'user', id: known.administratorId });
  } catch (error) {
    // It has ended in the meantime.
    if (!isAppError(error, 'not_found')) throw error;
  }
  impersonationCookie.clear(ctx);
  await restoreAdministrator(dependencies, ctx, known.id);
  return `/auth/admin/users/${known.userId}`;
}
