// "This was not me": the page behind the link in a mail about a new device. Opening it changes
// nothing, because mail scanners open links as well; only submitting the form does.
import type Router from '@koa/router';
import { unlimited } from '#http/rate-limit/route-limit.ts';
import { AppError } from '#platform/errors.ts';
import type { UnrecognizedSignIn } from './unrecognized-device.service.ts';
import type { OwnPages } from '#http/site-pages.ts';

export interface UnrecognizedSignInPageDependencies {
  readonly own: OwnPages;
  readonly unrecognizedSignIn: UnrecognizedSignIn;
}

export function addUnrecognizedSignInPages(
  router: Router,
  { own, unrecognizedSignIn }: UnrecognizedSignInPageDependencies,
): void {
  router.get('/auth/not-me/:token', async (ctx) => {
    const token = String(ctx.params['token']);
    if (!(await unrecognizedSignIn.isUsable(token))) throw tokenExpired();
    own.render(ctx, 'not-me', {
      action: own.address(`/auth/not-me/${encodeURIComponent(token)}`),
      formToken: own.formToken(ctx),
    });
  });

  router.post('/auth/not-me/:token', unlimited('unguessableToken'), async (ctx) => {
    await own.readForm(ctx);
    if (!(await unrecognizedSignIn.disown(String(ctx.params['token'])))) throw tokenExpired();
    own.render(ctx, 'not-me-done', {
      homeHref: own.address('/'),
      recoverHref: own.address('/auth/recover'),
    });
  });
}

function tokenExpired(): AppError {
  return new AppError('expired', 'This link is no longer valid.');
}
