// Countries as people call them.
import type { Locale } from './locales.ts';

/** @param country two letters (ISO 3166-1); `undefined`: nobody knows */
export function showCountry(country: string | undefined, locale: Locale): string | undefined {
  return country && new Intl.DisplayNames(locale, { type: 'region' }).of(country);
}
