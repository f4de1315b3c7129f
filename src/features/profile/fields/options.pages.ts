// The options of the lists in the profile: countries, languages, months, and suggested time zones.
import { locales, type Locale } from '#http/i18n/languages.ts';
import { callingCodeOf, countryCodes } from './country-codes.ts';

export interface Option {
  readonly value: string;
  readonly text: string;
  /** The language of the text, if it is not that of the page. */
  readonly lang?: string | undefined;
}

/** Widely used languages and variants that apps may support, although these pages do not. */
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

/** False for text that the form must show again, with an error. */
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
  return { value: tag, text: ownNameOf(tag) };
}

/** Screen readers speak these languages; a language attribute on all would make the page large. */
function pageLanguageOption(tag: string): Option {
  return { ...languageOption(tag), lang: tag };
}

/** Contains the current value in any case. */
export function languageOptions(current: string): LanguageOptions {
  const further = furtherLanguages.split(' ');
  const isKnown = current === '' || [...locales, ...further].includes(current);
  const others = isKnown ? further : [...further, current];
  return { pages: locales.map(pageLanguageOption), others: others.map(languageOption) };
}

/** By name, in the order of the language. */
export function countryOptions(locale: Locale): readonly Option[] {
  const names = new Intl.DisplayNames(locale, { type: 'region' });
  const { compare } = new Intl.Collator(locale);
  return countryCodes
    .map(({ country }) => ({ value: country, text: names.of(country) ?? country }))
    .toSorted((a, b) => compare(a.text, b.text));
}

/** The name with the calling code is also the value, so that 245 options need no value attribute. */
export function callingCodeOptions(locale: Locale): readonly string[] {
  return countryOptions(locale).map(({ value, text }) => `${text} +${callingCodeOf(value)}`);
}

export function callingCodeOption(country: string, locale: Locale): string {
  const name = new Intl.DisplayNames(locale, { type: 'region' }).of(country);
  return `${name} +${callingCodeOf(country)}`;
}

/** The country that a text names in the language of the page, in English, or by its code. */
export function findCountry(text: string, locale: Locale): string | undefined {
  const wanted = text.trim().toLowerCase();
  const isWanted = ({ value, text: name }: Option) =>
    value.toLowerCase() === wanted || name.toLowerCase() === wanted;
  return [locale, 'en' as const].flatMap(countryOptions).find(isWanted)?.value;
}

/** The country named by a text, in the language of the page; the text itself if it names none. */
export function countryName(text: string, locale: Locale): string {
  const country = findCountry(text, locale);
  return countryOptions(locale).find(({ value }) => value === country)?.text ?? text;
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

/** Stations, counties and small towns are not suggested, but can be typed. */
const seldomUsed = new RegExp(
  '^(?:Antarctica|Arctic)/|/.+/|/(?:Atikokan|Blanc-Sablon|Cambridge_Bay|Coral_Harbour|Creston|' +
    'Danmarkshavn|Dawson|Dawson_Creek|Fort_Nelson|Glace_Bay|Goose_Bay|Inuvik|Iqaluit|Metlakatla|' +
    'Nipigon|Nome|Ojinaga|Pangnirtung|Rainy_River|Rankin_Inlet|Resolute|Scoresbysund|Sitka|' +
    'Swift_Current|Thule|Thunder_Bay|Yakutat|Yellowknife|Bahia_Banderas|Eirunepe|Boa_Vista|' +
    'Broken_Hill|Currie|Eucla|Lindeman|Lord_Howe|Famagusta|Busingen|Ust-Nera|Khandyga|' +
    'Srednekolymsk|Enderbury|Kosrae|Kwajalein|Wake|Midway|Johnston|Pitcairn|Gambier)$',
);

/** The city of a time zone, in its usual spelling. */
function cityOf(zone: string): string {
  return zone.slice(zone.lastIndexOf('/') + 1).replaceAll('_', ' ');
}

export const suggestedCities: readonly string[] = timeZones
  .filter((zone) => !seldomUsed.test(zone))
  .map(cityOf);

/** Completes a city such as `new york` to its time zone; other text is returned as it is. */
export function completeTimeZone(text: string): string {
  const wanted = text.trim().toLowerCase();
  const isWanted = (zone: string) =>
    zone.toLowerCase() === wanted.replaceAll(' ', '_') || cityOf(zone).toLowerCase() === wanted;
  return timeZones.find(isWanted) ?? text;
}

/** The city if it stands for the time zone, otherwise the time zone itself. */
export function shortTimeZone(zone: string): string {
  const city = cityOf(zone);
  return completeTimeZone(city) === zone ? city : zone;
}
