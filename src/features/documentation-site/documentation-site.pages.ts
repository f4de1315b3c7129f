// Serves the documentation site at /auth/mkdocs. The first request builds or reads it.
import { setTimeout as pause } from 'node:timers/promises';
import type Router from '@koa/router';
import { sendFile } from '#http/file-response.ts';
import type { SitePages } from '#http/site-pages.ts';
import type { Log } from '#platform/logging/log.ts';
import type { RequireDocsAccess } from '#features/api-documentation/docs-access.pages.ts';
import { AppError } from '#platform/errors.ts';
import { buildSite, siteDirectory } from './site-build.ts';
import { readSite, type SiteFile, type SiteFiles } from './site-files.pages.ts';

export interface DocumentationSiteDependencies {
  readonly site: SitePages;
  readonly log: Log;
  readonly requireDocsAccess: RequireDocsAccess;
}

const path = '/auth/mkdocs';
const immutable = 'private, max-age=31536000, immutable';

export function addDocumentationSite(
  router: Router,
  { site, log, requireDocsAccess }: DocumentationSiteDependencies,
): void {
  let loading: Promise<SiteFiles | undefined> | undefined;

  async function load(): Promise<SiteFiles | undefined> {
    if (!(await buildSite(log))) return undefined;
    const basePath = site.address('/').slice(0, -1);
    return readSite(siteDirectory, basePath);
  }

  async function files(): Promise<SiteFiles> {
    loading ??= load();
    const soon = pause(patienceMilliseconds, 'later' as const, { ref: false });
    const loaded = await Promise.race([loading, soon]);
    if (loaded === 'later')
      throw new AppError('not_ready', stillBuilding, { retryAfterSeconds: 5 });
    if (loaded) return loaded;
    // The next request tries again, in case the cause has been fixed.
    loading = undefined;
    throw new AppError('not_found', missing);
  }

  router.get(path, (ctx) => site.redirect(ctx, `${path}/`));

  router.get(`${path}/{*name}`, async (ctx) => {
    if (!(await requireDocsAccess(ctx))) return;
    const all = await files();
    const found = findFile(all, ctx.params['name'] ?? '');
    const file = found ?? all.get('404.html');
    if (!file) throw new AppError('not_found', 'Page not found.');
    if (file.policy !== undefined) ctx.set('Content-Security-Policy', file.policy);
    const cacheControl = file.isImmutable ? immutable : 'private, no-cache';
    await sendFile(ctx, file, cacheControl, found ? 200 : 404);
  });
}

/** A build takes about ten seconds. */
const patienceMilliseconds = 20_000;
const stillBuilding = 'The documentation is being built. Reload this page in a few seconds.';
const missing =
  'This installation does not contain the documentation site. Build it with: npm run docs:site';

/** `guides/` is the page `guides/index.html`, and `accounts` is `accounts.html`. */
function findFile(files: SiteFiles, name: string): SiteFile | undefined {
  if (name === '' || name.endsWith('/')) return files.get(`${name}index.html`);
  return files.get(name) ?? files.get(`${name}.html`);
}
