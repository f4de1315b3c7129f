// Remembers in the browser the language that its user chose: with the language switcher, or in the
// profile. The value names a language of a fixed list, identifies no user and grants no access.
import type { Context } from '#http/context.ts';
import { isLocale, type Locale } from './languages.ts';
import { ownCookie } from '#platform/request/own-cookie.ts';

const lifeMilliseconds = 400 * 24 * 60 * 60 * 1000;
const maxCookies = 100;
const wellFormed = /^([a-z]{2})(?:\.(profile|[\w-]{10,64}))?$/;

export interface LanguageChoice {
  readonly locale: Locale;
  /** True if the language comes from a profile, so that another user's profile replaces it. */
  readonly isOfProfile: boolean;
  /** The authorization request for whose pages the choice overrides `ui_locales`. */
  readonly interactionUid?: string | undefined;
}

/**
 * Koa's `ctx.cookies` remembers at its first use whether the connection is secure, which is known
 * only after host-validation.ts; the language is chosen before.
 */
function readHeader(ctx: Context, name: string): string {
  const pairs = ctx.get('cookie').split(';', maxCookies);
  const pair = pairs.find((each) => each.trim().startsWith(`${name}=`));
  return pair?.trim().slice(name.length + 1) ?? '';
}

export function createLanguageCookie({ issuerUrl }: { readonly issuerUrl: URL }) {
  const { name, attributes: shared } = ownCookie(issuerUrl, 'language');
  const attributes = { ...shared, signed: false };

  return {
    read(ctx: Context): LanguageChoice | undefined {
      const [, locale, origin] = wellFormed.exec(readHeader(ctx, name)) ?? [];
      if (!isLocale(locale)) return undefined;
      const isOfProfile = origin === 'profile';
      return { locale, isOfProfile, interactionUid: isOfProfile ? undefined : origin };
    },
    set(ctx: Context, { locale, isOfProfile, interactionUid }: LanguageChoice): void {
      const origin = isOfProfile ? 'profile' : interactionUid;
      const value = origin === undefined ? locale : `${locale}.${origin}`;
      ctx.cookies.set(name, value, { ...attributes, maxAge: lifeMilliseconds });
    },
    clear(ctx: Context): void {
      ctx.cookies.set(name, null, attributes);
    },
  };
}

export type LanguageCookie = ReturnType<typeof createLanguageCookie>;
