// Decides who may read the documentation: the API documentation and the documentation site (DOCS_ACCESS).
import type { Config } from '#config/config.ts';
import { builtInRoles } from '#core/access-control/assignments.ts';
import type { UserStore } from '#core/users/users.store.ts';
import type { Context } from '#http/context.ts';
import type { SitePages } from '#http/site-pages.ts';
import { AppError } from '#platform/errors.ts';

export interface DocsAccessDependencies {
  readonly config: Pick<Config, 'docsAccess'>;
  readonly site: SitePages;
  readonly users: Pick<UserStore, 'findById'>;
}

/**
 * Returns false after it has redirected a visitor to the sign-in page.
 * @throws AppError `not_found` if the documentation is off, `forbidden` if only administrators may read it
 * and the user is none
 */
export type RequireDocsAccess = (ctx: Context) => Promise<boolean>;

export function createDocsAccess({
  config,
  site,
  users,
}: DocsAccessDependencies): RequireDocsAccess {
  const { docsAccess } = config;
  return async function requireDocsAccess(ctx) {
    if (docsAccess === 'public') return true;
    if (docsAccess === 'off') throw new AppError('not_found', 'Not found.');
    const signedIn = await site.signedIn(ctx);
    if (!signedIn) {
      site.redirect(ctx, '/auth/sign-in');
      return false;
    }
    if (docsAccess === 'signed-in') return true;
    // The user of a session is read without roles.
    const user = await users.findById(signedIn.user.id);
    if (user && builtInRoles.some((role) => user.roles.includes(role))) return true;
    throw new AppError('forbidden', 'Only administrators may read the documentation.');
  };
}
