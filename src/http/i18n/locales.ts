/**
 * Loads the messages of a language, chooses the language and fills in the placeholders. It does not
 * escape: the views output every message through `<%=`.
 */
import { createRequire } from 'node:module';
import { directions, isLocale, type Locale } from './languages.ts';
import en from '../../../locales/en.json' with { type: 'json' };

export type { Locale } from './languages.ts';
export type MessageKey = keyof typeof en;
export type MessageValues = Readonly<Record<string, string | number>>;
export type Translate = (key: MessageKey, values?: MessageValues) => string;

/** A message, or one per plural category of the language; `count` selects the category. */
export type Message =
  | string
  | (Readonly<Partial<Record<Intl.LDMLPluralRule, string>>> & { readonly other: string });

export type Catalogue = Readonly<Record<MessageKey, Message>>;

export const defaultLocale: Locale = 'en';

const load = createRequire(import.meta.url);

/** Loads the messages of a language on first use: few installations use every language. */
export function catalogueOf(locale: Locale): Catalogue {
  if (locale === defaultLocale) return en;
  // True because a test compares the keys of every language with the English ones.
  return load(`../../../locales/${locale}.json`) as Catalogue;
}

/** Limit on language tags, so that a client cannot make us parse an unbounded list. */
const maxLanguageRanges = 20;

export function isMessageKey(text: string): text is MessageKey {
  return Object.hasOwn(en, text);
}

/**
 * Returns a function that translates `key` and fills in its `{placeholders}`; numbers are formatted
 * for the locale.
 */
export function createTranslator(locale: Locale): Translate {
  const catalogue = catalogueOf(locale);
  const isolate = directions[locale] === 'rtl' ? isolateDirection : (text: string) => text;

  return (key, values = {}) => {
    const message = catalogue[key];
    const text = typeof message === 'string' ? message : choosePlural(message, locale, values);

    return text.replaceAll(/\{(\w+)\}/g, (placeholder, name: string) => {
      const value = Object.hasOwn(values, name) ? values[name] : undefined;
      if (value === undefined) return placeholder;
      if (typeof value === 'number') return new Intl.NumberFormat(locale).format(value);
      return isolate(plainText(value));
    });
  };
}

function choosePlural(message: Exclude<Message, string>, locale: Locale, values: MessageValues) {
  const count = Number(values['count'] ?? Number.NaN);
  return message[new Intl.PluralRules(locale).select(count)] ?? message.other;
}

/** Isolates left-to-right text, such as an email address, in a right-to-left sentence (UAX #9). */
function isolateDirection(text: string): string {
  return `\u2068${text}\u2069`;
}

/** Removes characters from untrusted text that could reorder or break the surrounding sentence. */
export function plainText(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[\p{Bidi_Control}\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim();
}

function readAcceptLanguage(header: string): string[] {
  return header
    .split(',', maxLanguageRanges)
    .map((part) => {
      const [tag = '', ...parameters] = part.split(';').map((piece) => piece.trim());
      const quality = parameters.find((parameter) => parameter.startsWith('q='));
      return { tag, weight: quality === undefined ? 1 : Number(quality.slice(2)) };
    })
    .filter(({ weight }) => weight > 0)
    .toSorted((a, b) => b.weight - a.weight)
    .map(({ tag }) => tag);
}

/** The language of the pages for a language tag such as `de-AT`; `undefined` if there is none. */
export function pageLocaleOf(tag: string | undefined): Locale | undefined {
  const language = tag?.toLowerCase().split('-')[0];
  return isLocale(language) ? language : undefined;
}

export interface LanguageWishes {
  /** `ui_locales` of the client (OpenID Connect Core §3.1.2.1), space-separated. */
  readonly uiLocales?: string | undefined;
  /** Chosen by the user of this browser, on any page. */
  readonly chosen?: Locale | undefined;
  /** The `locale` claim of the signed-in user. */
  readonly profile?: string | undefined;
  /** The language of the profile that was last changed in this browser. */
  readonly remembered?: Locale | undefined;
  readonly acceptLanguage?: string | undefined;
}

/** Chooses the first supported language, in the order of the members. */
export function chooseLocale(wishes: LanguageWishes): Locale {
  const { uiLocales = '', chosen, profile, remembered, acceptLanguage = '' } = wishes;
  const tags = [
    ...uiLocales.split(' ', maxLanguageRanges),
    chosen,
    profile,
    remembered,
    ...readAcceptLanguage(acceptLanguage),
  ];
  return tags.map(pageLocaleOf).find((locale) => locale !== undefined) ?? defaultLocale;
}
