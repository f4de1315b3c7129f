// Serves the copies of logos.
import type Router from '@koa/router';
import { isLogoKey, logoPath } from '#http/logo-address.ts';
import { AppError } from '#platform/errors.ts';
import type { Logos } from './logos.service.ts';

/** The copy may be replaced under the same URL. */
const cacheControl = 'public, max-age=86400';

export interface LogoPageDependencies {
  readonly logos: Pick<Logos, 'find'>;
}

export function addLogoPages(router: Router, { logos }: LogoPageDependencies): void {
  router.get(`${logoPath}/:key`, async (ctx) => {
    const key = String(ctx.params['key']);
    const image = isLogoKey(key) ? await logos.find(key) : undefined;
    if (!image) throw new AppError('not_found', 'Logo not found.');
    ctx.set('Cache-Control', cacheControl);
    ctx.type = image.mediaType;
    ctx.body = image.bytes;
  });
}
