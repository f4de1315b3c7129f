// Localized names of countries.
import type { Locale } from './locales.ts';

/** @param country two letters (ISO 3166-1); `undefined` if unknown */
export function showCountry(country: string | undefined, locale: Locale): string | undefined {
  return country && new Intl.DisplayNames(locale, { type: 'region' }).of(country);
}
