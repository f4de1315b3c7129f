// "This was not me": the page behind the link in a mail about a new device. Opening it changes
// nothing, because mail scanners open links as well; only submitting the form does.
import type Router from '@koa/router';
import { AppError } from '#platform/errors.ts';
import type { Disowning } from './unrecognized-device.service.ts';
import type { OwnPages } from '#http/site-pages.ts';

export interface NotMePageDependencies {
  readonly own: OwnPages;
  readonly disowning: Disowning;
}

export function addNotMePages(router: Router, { own, disowning }: NotMePageDependencies): void {
  router.get('/auth/not-me/:token', async (ctx) => {
    const token = String(ctx.params['token']);
    if (!(await disowning.isUsable(token))) throw usedUp();
    own.render(ctx, 'not-me', {
      action: own.address(`/auth/not-me/${encodeURIComponent(token)}`),
      formToken: own.formToken(ctx),
    });
  });

  router.post('/auth/not-me/:token', async (ctx) => {
    await own.readForm(ctx);
    if (!(await disowning.disown(String(ctx.params['token'])))) throw usedUp();
    own.render(ctx, 'not-me-done', {
      homeHref: own.address('/'),
      recoverHref: own.address('/auth/recover'),
    });
  });
}

function usedUp(): AppError {
  return new AppError('expired', 'This link is no longer valid.');
}
