/**
 * Owns the words people read: the catalogues, the choice of the language and the filling of the
 * placeholders. Escaping is left to the views, which put every word through `<%=`.
 */
import { createRequire } from 'node:module';
import { directions, isLocale, type Locale } from './languages.ts';
import en from '../../../locales/en.json' with { type: 'json' };

export type { Locale } from './languages.ts';
export type MessageKey = keyof typeof en;
export type MessageValues = Readonly<Record<string, string | number>>;
export type Translate = (key: MessageKey, values?: MessageValues) => string;

/** A sentence, or one per plural category of the language; `count` decides which. */
export type Message =
  | string
  | (Readonly<Partial<Record<Intl.LDMLPluralRule, string>>> & { readonly other: string });

export type Catalogue = Readonly<Record<MessageKey, Message>>;

export const defaultLocale: Locale = 'en';

const load = createRequire(import.meta.url);

/** The words of a language, read when it is first spoken: few houses ever speak all of them. */
export function catalogueOf(locale: Locale): Catalogue {
  if (locale === defaultLocale) return en;
  // True because the tests hold every catalogue to the keys of the English one.
  return load(`../../../locales/${locale}.json`) as Catalogue;
}

/** More wishes than this are noise; reading them all would be work for a stranger. */
const readableWishes = 20;

export function isMessageKey(text: string): text is MessageKey {
  return Object.hasOwn(en, text);
}

/** The words for `key` with its `{placeholders}` filled; numbers are written as the language does. */
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

/** A name or an address as it is read by itself, within a sentence from right to left (UAX #9). */
function isolateDirection(text: string): string {
  return `\u2068${text}\u2069`;
}

/** Text from outside without what could reorder or break the sentence it is put into. */
export function plainText(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[\p{Bidi_Control}\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim();
}

function readAcceptLanguage(header: string): string[] {
  return header
    .split(',', readableWishes)
    .map((part) => {
      const [tag = '', ...parameters] = part.split(';').map((piece) => piece.trim());
      const quality = parameters.find((parameter) => parameter.startsWith('q='));
      return { tag, weight: quality === undefined ? 1 : Number(quality.slice(2)) };
    })
    .filter(({ weight }) => weight > 0)
    .toSorted((a, b) => b.weight - a.weight)
    .map(({ tag }) => tag);
}

/**
 * The language to speak: first what the app asked for in `ui_locales` (OpenID Connect Core
 * §3.1.2.1, separated by spaces), then what the browser asks for, then English.
 */
export function chooseLocale(wishes: {
  readonly uiLocales?: string | undefined;
  readonly acceptLanguage?: string | undefined;
}): Locale {
  const { uiLocales = '', acceptLanguage = '' } = wishes;
  const tags = [...uiLocales.split(' ', readableWishes), ...readAcceptLanguage(acceptLanguage)];

  return tags.map((tag) => tag.toLowerCase().split('-')[0]).find(isLocale) ?? defaultLocale;
}
