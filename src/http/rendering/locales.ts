/**
 * Owns the words people read: the catalogues, the choice of the language and the filling of the
 * placeholders. Escaping is left to the views, which put every word through `<%=`.
 */
import de from '../../../locales/de.json' with { type: 'json' };
import en from '../../../locales/en.json' with { type: 'json' };

export type Locale = 'en' | 'de';
export type MessageKey = keyof typeof en;
export type MessageValues = Readonly<Record<string, string | number>>;
export type Translate = (key: MessageKey, values?: MessageValues) => string;

/** A sentence, or one per plural category of the language; `count` decides which. */
export type Message =
  | string
  | (Readonly<Partial<Record<Intl.LDMLPluralRule, string>>> & { readonly other: string });

export const catalogues: Readonly<Record<Locale, Readonly<Record<MessageKey, Message>>>> = {
  en,
  de,
};

export const defaultLocale: Locale = 'en';

export const directions: Readonly<Record<Locale, 'ltr' | 'rtl'>> = { en: 'ltr', de: 'ltr' };

/** More wishes than this are noise; reading them all would be work for a stranger. */
const readableWishes = 20;

function isLocale(text: string | undefined): text is Locale {
  return text !== undefined && Object.hasOwn(catalogues, text);
}

export function isMessageKey(text: string): text is MessageKey {
  return Object.hasOwn(en, text);
}

/** The words for `key` with its `{placeholders}` filled; numbers are written as the language does. */
export function createTranslator(locale: Locale): Translate {
  const plurals = new Intl.PluralRules(locale);
  const numbers = new Intl.NumberFormat(locale);

  return (key, values = {}) => {
    const message = catalogues[locale][key];
    const count = Number(values['count'] ?? Number.NaN);
    const text =
      typeof message === 'string' ? message : (message[plurals.select(count)] ?? message.other);

    return text.replaceAll(/\{(\w+)\}/g, (placeholder, name: string) => {
      const value = Object.hasOwn(values, name) ? values[name] : undefined;
      if (value === undefined) return placeholder;
      return typeof value === 'number' ? numbers.format(value) : plainText(value);
    });
  };
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
