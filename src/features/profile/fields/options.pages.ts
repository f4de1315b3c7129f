// The options of the lists in the profile: countries, languages, months, and suggested time zones.
import { locales, type Locale } from '#http/i18n/languages.ts';
import { countryCodes } from './country-codes.ts';

export interface Option {
  readonly value: string;
  readonly text: string;
  /** The language of the text, if it is not that of the page. */
  readonly lang?: string | undefined;
}

/** The best known languages and variants that apps may support although these pages do not. */
const furtherLanguages =
  'en-GB en-US de-AT de-CH es-MX fr-CA fr-CH pt-BR pt-PT bg bn ca cs da el et fa fi he hi hr hu id ' +
  'ko lt lv ms nb nl ro ru sk sl sr sv sw ta th tr ur vi zh-Hans zh-Hant';

/** The name of a language in that language, with the region if it has one. */
function ownNameOf(tag: string): string {
  if (!isLanguageTag(tag)) return tag;
  const name = new Intl.DisplayNames(tag, { type: 'language', languageDisplay: 'standard' }).of(
    tag,
  );
  const [first = '', ...rest] = name ?? tag;
  return first.toLocaleUpperCase(tag) + rest.join('');
}

/** False for text that the form must show again together with a problem. */
function isLanguageTag(text: string): boolean {
  try {
    return Intl.getCanonicalLocales(text).length === 1;
  } catch {
    return false;
  }
}

export interface LanguageOptions {
  /** Languages of the pages. */
  readonly pages: readonly Option[];
  readonly others: readonly Option[];
}

function languageOption(tag: string): Option {
  return { value: tag, text: ownNameOf(tag), lang: tag };
}

/** Contains the current value in any case. */
export function languageOptions(current: string): LanguageOptions {
  const further = furtherLanguages.split(' ');
  const isKnown = current === '' || [...locales, ...further].includes(current);
  const others = isKnown ? further : [...further, current];
  return { pages: locales.map(languageOption), others: others.map(languageOption) };
}

/** By name, in the order of the language. */
export function countryOptions(locale: Locale): readonly Option[] {
  const names = new Intl.DisplayNames(locale, { type: 'region' });
  const { compare } = new Intl.Collator(locale);
  return countryCodes
    .map(({ country }) => ({ value: country, text: names.of(country) ?? country }))
    .toSorted((a, b) => compare(a.text, b.text));
}

/** The country that a text names in the language of the page, in English, or by its code. */
export function findCountry(text: string, locale: Locale): string | undefined {
  const wanted = text.trim().toLowerCase();
  const isWanted = ({ value, text: name }: Option) =>
    value.toLowerCase() === wanted || name.toLowerCase() === wanted;
  return [locale, 'en' as const].flatMap(countryOptions).find(isWanted)?.value;
}

export function monthOptions(locale: Locale): readonly Option[] {
  const format = new Intl.DateTimeFormat(locale, { month: 'long', timeZone: 'UTC' });
  return Array.from({ length: 12 }, (_, index) => ({
    value: String(index + 1).padStart(2, '0'),
    text: format.format(Date.UTC(2000, index)),
  }));
}

/** The parts of a date in the order in which the language writes them. */
export function dateOrder(locale: Locale): readonly ('day' | 'month' | 'year')[] {
  const parts = new Intl.DateTimeFormat(locale, { dateStyle: 'long' }).formatToParts(0);
  const order = parts.map(({ type }) => type);
  return (['day', 'month', 'year'] as const).toSorted(
    (a, b) => order.indexOf(a) - order.indexOf(b),
  );
}

const timeZones = Intl.supportedValuesOf('timeZone');

/** Zones of research stations and of single counties are not suggested, but can be typed. */
const seldomUsed = /^(?:Antarctica|Arctic)\/|\/.+\//;

export const suggestedTimeZones: readonly string[] = timeZones.filter(
  (zone) => !seldomUsed.test(zone),
);

/** Completes `berlin` to `Europe/Berlin`; other text is returned as it is. */
export function completeTimeZone(text: string): string {
  const wanted = text.trim().replaceAll(/\s+/g, '_').toLowerCase();
  const isWanted = (zone: string) =>
    zone.toLowerCase() === wanted || zone.toLowerCase().endsWith(`/${wanted}`);
  return timeZones.find(isWanted) ?? text;
}
