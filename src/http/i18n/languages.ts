// The supported languages, each with a message file in `locales/`, and their writing direction. The
// choice of a language is in `locales.ts`.

export const directions = {
  en: 'ltr',
  de: 'ltr',
  fr: 'ltr',
  es: 'ltr',
  pt: 'ltr',
  it: 'ltr',
  pl: 'ltr',
  uk: 'ltr',
  ja: 'ltr',
  ar: 'rtl',
} as const satisfies Readonly<Record<string, 'ltr' | 'rtl'>>;

/** The name of each language in that language. */
export const ownNames: Readonly<Record<Locale, string>> = {
  en: 'English',
  de: 'Deutsch',
  fr: 'Français',
  es: 'Español',
  pt: 'Português',
  it: 'Italiano',
  pl: 'Polski',
  uk: 'Українська',
  ja: '日本語',
  ar: 'العربية',
};

export type Locale = keyof typeof directions;

export function isLocale(text: string | undefined): text is Locale {
  return text !== undefined && Object.hasOwn(directions, text);
}

export const locales: readonly Locale[] = Object.keys(directions).filter(isLocale);

/** Replaces the digits of Arabic and Persian keyboards with the ASCII digits of codes. */
export function latinDigits(text: string): string {
  return text.replaceAll(/[\u0660-\u0669\u06f0-\u06f9]/g, (digit) =>
    String(digit.charCodeAt(0) & 0xf),
  );
}
