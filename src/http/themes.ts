// The style sheets with the colours of apps.
import type Router from '@koa/router';
import { AppError } from '#domain/errors.ts';
import { themeStyle } from '#http/rendering/theme-style.ts';

export function addThemes(router: Router): void {
  router.get('/auth/themes/:file', async (ctx) => {
    const style = themeStyle(String(ctx.params['file']));
    if (style === undefined) throw new AppError('not_found', 'There is no such style sheet.');
    ctx.type = 'text/css; charset=utf-8';
    ctx.set('Cache-Control', 'public, max-age=31536000, immutable');
    ctx.body = style;
  });
}
