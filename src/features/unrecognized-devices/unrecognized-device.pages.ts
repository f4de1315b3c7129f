// "This was not me": the page behind the link in a mail about a new device. Opening it changes
// nothing, because mail scanners open links as well; only submitting the form does.
import { unlimited } from '#http/rate-limit/route-limit.ts';
import type Router from '@koa/router';
import { AppError } from '#platform/errors.ts';
import { showCountry } from '#http/i18n/countries.ts';
import { defaultLocale } from '#http/i18n/locales.ts';
import { showExactTime, type ExactTime } from '#http/i18n/times.ts';
import type { UnrecognizedSignIn } from './unrecognized-device.service.ts';
import type { SitePages } from '#http/site-pages.ts';
import { defineView } from '#http/rendering/view.ts';
import { countryOf } from '#platform/request/geoip.ts';

export interface NotMeLocals {
  /** The time of the sign-in in question. */
  readonly at: ExactTime;
  readonly country?: string | undefined;
  readonly address?: string | undefined;
  readonly device?: string | undefined;
  readonly action: string;
  readonly formToken: string;
}

export const notMeView = defineView<NotMeLocals>('unrecognized-devices/not-me');

export interface NotMeDoneLocals {
  readonly homeHref: string;
  readonly recoverHref: string;
}

export const notMeDoneView = defineView<NotMeDoneLocals>('unrecognized-devices/not-me-done');

export interface UnrecognizedSignInPageDependencies {
  readonly site: SitePages;
  readonly unrecognizedSignIn: UnrecognizedSignIn;
  readonly now: () => Date;
}

export function addUnrecognizedSignInPages(
  router: Router,
  { site, unrecognizedSignIn, now }: UnrecognizedSignInPageDependencies,
): void {
  router.get('/auth/not-me/:token', async (ctx) => {
    const token = String(ctx.params['token']);
    const signIn = await unrecognizedSignIn.find(token);
    if (!signIn) throw tokenExpired();
    const locale = ctx.state.locale ?? defaultLocale;
    const { at, address, device } = signIn;
    site.render(ctx, notMeView, {
      at: showExactTime(at, now(), locale),
      country: showCountry(countryOf(address), locale),
      address: address || undefined,
      device: device || undefined,
      action: site.address(`/auth/not-me/${encodeURIComponent(token)}`),
      formToken: site.formToken(ctx),
    });
  });

  router.post('/auth/not-me/:token', unlimited('unguessableToken'), async (ctx) => {
    await site.readForm(ctx);
    if (!(await unrecognizedSignIn.disown(String(ctx.params['token'])))) throw tokenExpired();
    site.render(ctx, notMeDoneView, {
      homeHref: site.address('/'),
      recoverHref: site.address('/auth/recover'),
    });
  });
}

function tokenExpired(): AppError {
  return new AppError('expired', 'This link is no longer valid.');
}
