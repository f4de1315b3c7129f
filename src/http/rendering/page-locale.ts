// The language of a page: what the app asked for, else what the browser prefers.
import type { Context, Next } from '#http/context.ts';
import { chooseLocale, type Locale } from './locales.ts';

declare module 'koa' {
  interface DefaultState {
    /** Absent before the language is chosen: errors of the edge speak English. */
    locale?: Locale;
  }
}

export function choosePageLocale(ctx: Context, next: Next): Promise<unknown> {
  const asked = ctx.query['ui_locales'];
  ctx.state.locale = chooseLocale({
    uiLocales: typeof asked === 'string' ? asked : undefined,
    acceptLanguage: ctx.get('accept-language'),
  });
  return next();
}
