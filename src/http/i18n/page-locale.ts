// Chooses the language of a page, in the order of `chooseLocale`, and again once the client's request or the
// profile of the signed-in user is known.
import type { Context, Next } from '#http/context.ts';
import type { LanguageCookie } from './language-cookie.ts';
import { chooseLocale, defaultLocale, pageLocaleOf, type Locale } from './locales.ts';

declare module 'koa' {
  interface DefaultState {
    /** Absent before the language is chosen: errors raised earlier are shown in English. */
    locale?: Locale;
  }
}

interface Wishes {
  /** The languages that an authorization request asks for; by default, those in the URL of the page. */
  readonly uiLocales?: string | undefined;
  readonly interactionUid?: string;
  /** The `locale` claim of the signed-in user. */
  readonly profile?: string | undefined;
}

function queryLocales(ctx: Context): string | undefined {
  const asked = ctx.query['ui_locales'];
  return typeof asked === 'string' ? asked : undefined;
}

export function createPageLocale(cookie: LanguageCookie) {
  function localeOf(ctx: Context, wishes: Wishes = {}): Locale {
    const choice = cookie.read(ctx);
    const { uiLocales = queryLocales(ctx), interactionUid, profile } = wishes;
    const isForRequest = interactionUid !== undefined && choice?.interactionUid === interactionUid;
    return chooseLocale({
      uiLocales: isForRequest ? undefined : uiLocales,
      chosen: choice?.isOfProfile ? undefined : choice?.locale,
      profile,
      remembered: choice?.locale,
      acceptLanguage: ctx.get('accept-language'),
    });
  }

  return {
    choosePageLocale(ctx: Context, next: Next): Promise<unknown> {
      const language = ctx.get('accept-language');
      // API clients express no preference, and most requests are theirs.
      const isAsked = ctx.querystring !== '' || ctx.get('cookie') !== '';
      const isPlain = !isAsked && (language === '' || language === '*');
      ctx.state.locale = isPlain ? defaultLocale : localeOf(ctx);
      return next();
    },
    /** For the pages of an authorization request: the language that the client requested. */
    useRequest(ctx: Context, interactionUid: string, uiLocales: unknown): void {
      const asked = typeof uiLocales === 'string' ? uiLocales : undefined;
      ctx.state.locale = localeOf(ctx, { uiLocales: asked, interactionUid });
    },
    /** For the pages of a signed-in user: the language of the profile. */
    useProfile(ctx: Context, profile: string | undefined): void {
      if (profile !== undefined) ctx.state.locale = localeOf(ctx, { profile });
    },
    /** After the user changed the language of the profile: it applies to this browser as well. */
    follow(ctx: Context, profile: string | undefined): void {
      const locale = pageLocaleOf(profile);
      if (locale === undefined) cookie.clear(ctx);
      else cookie.set(ctx, { locale, isOfProfile: true });
    },
  };
}

export type PageLocale = ReturnType<typeof createPageLocale>;
