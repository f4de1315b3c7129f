// The language of a page: what the app asked for, else what the browser prefers.
import type { Context, Next } from '#http/context.ts';
import { chooseLocale, defaultLocale, type Locale } from './locales.ts';

declare module 'koa' {
  interface DefaultState {
    /** Absent before the language is chosen: errors of the edge speak English. */
    locale?: Locale;
  }
}

export function choosePageLocale(ctx: Context, next: Next): Promise<unknown> {
  ctx.state.locale = localeOf(ctx);
  return next();
}

function localeOf(ctx: Context): Locale {
  const acceptLanguage = ctx.get('accept-language');
  // Programs wish for nothing: most requests are theirs.
  if (ctx.querystring === '' && (acceptLanguage === '' || acceptLanguage === '*')) {
    return defaultLocale;
  }
  const asked = ctx.query['ui_locales'];
  return chooseLocale({
    uiLocales: typeof asked === 'string' ? asked : undefined,
    acceptLanguage,
  });
}
