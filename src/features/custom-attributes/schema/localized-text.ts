// Texts that operators declare, in one language or several.
import { isLocale, type Locale } from '#http/i18n/languages.ts';

export type Words = string | Readonly<Partial<Record<Locale, string>>>;

const maxWordsLength = 300;

/** Returns `undefined` if the value is not a valid text or set of texts. */
export function readWords(value: unknown): Words | undefined {
  if (isText(value)) return value;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const entries = Object.entries(value);
  const isGood =
    entries.length > 0 && entries.every(([name, text]) => isLocale(name) && isText(text));
  return isGood ? Object.fromEntries(entries) : undefined;
}

/** The text in the given language, falling back to English and then to the first language. */
export function sayIn(words: Words, locale: Locale): string {
  if (typeof words === 'string') return words;
  return words[locale] ?? words.en ?? Object.values(words)[0] ?? '';
}

function isText(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value.trim() !== '' &&
    value.length <= maxWordsLength &&
    !/[\p{Cc}\u2028\u2029]/u.test(value)
  );
}
