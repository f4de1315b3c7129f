// Serves the files of the brand: style sheets and images.
import type Router from '@koa/router';
import type { Context, Handler, Next } from '#http/context.ts';
import { AppError } from '#platform/errors.ts';
import type { Brand, BrandFile } from './brand.ts';

const faviconPath = '/favicon.ico';
const longCacheControl = 'public, max-age=31536000, immutable';

export interface BrandPageDependencies {
  readonly activeBrand: { readonly current: Brand | undefined };
}

export function addBrandFiles(router: Router, { activeBrand }: BrandPageDependencies): void {
  router.get('/auth/brand/:file', async (ctx) => {
    const file = activeBrand.current?.files.get(String(ctx.params['file']));
    if (!file) throw new AppError('not_found', 'File not found.');
    sendBrandFile(ctx, file);
  });
}

/**
 * Answers requests for the icon at the root of the host, which come from clients that read no HTML. Without
 * an icon of the brand, they are left to the files of public/.
 */
export function createFavicon({ activeBrand }: BrandPageDependencies): Handler {
  return function serveFavicon(ctx: Context, next: Next): unknown {
    const brand = activeBrand.current;
    const isRead = ctx.method === 'GET' || ctx.method === 'HEAD';
    if (ctx.path !== faviconPath || !isRead || !brand?.favicon) return next();
    ctx['_matchedRoute'] = faviconPath;
    return sendBrandFile(ctx, brand.favicon);
  };
}

/**
 * Only the URL of the current version may be cached for long: a node with another version of the brand must
 * not make a browser cache it under this URL.
 */
function sendBrandFile(ctx: Context, file: BrandFile): void {
  const isCurrent = ctx.querystring === `v=${file.version}`;
  ctx.status = 200;
  ctx.set('Cache-Control', isCurrent ? longCacheControl : 'no-cache');
  ctx.set('Content-Type', file.mediaType);
  ctx.set('ETag', `"${file.version}"`);
  if (ctx.fresh) ctx.status = 304;
  else ctx.body = file.bytes;
}
