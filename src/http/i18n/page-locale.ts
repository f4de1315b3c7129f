// Chooses the language of a page: the client's `ui_locales`, otherwise the browser's preference.
import type { Context, Next } from '#http/context.ts';
import { chooseLocale, defaultLocale, type Locale } from './locales.ts';

declare module 'koa' {
  interface DefaultState {
    /** Absent before the language is chosen: errors raised earlier are shown in English. */
    locale?: Locale;
  }
}

export function choosePageLocale(ctx: Context, next: Next): Promise<unknown> {
  ctx.state.locale = localeOf(ctx);
  return next();
}

function localeOf(ctx: Context): Locale {
  const acceptLanguage = ctx.get('accept-language');
  // API clients express no preference, and most requests are theirs.
  if (ctx.querystring === '' && (acceptLanguage === '' || acceptLanguage === '*')) {
    return defaultLocale;
  }
  const asked = ctx.query['ui_locales'];
  return chooseLocale({
    uiLocales: typeof asked === 'string' ? asked : undefined,
    acceptLanguage,
  });
}
