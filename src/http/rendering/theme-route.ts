// Serves the style sheets with the colors of clients.
import type Router from '@koa/router';
import { AppError } from '#platform/errors.ts';
import { themeStyle } from './theme-style.ts';

export function addThemes(router: Router): void {
  router.get('/auth/themes/:file', async (ctx) => {
    const style = themeStyle(String(ctx.params['file']));
    if (style === undefined) throw new AppError('not_found', 'Style sheet not found.');
    ctx.type = 'text/css; charset=utf-8';
    ctx.set('Cache-Control', 'public, max-age=31536000, immutable');
    ctx.body = style;
  });
}
