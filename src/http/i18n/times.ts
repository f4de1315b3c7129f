// Relative times in words, so that a reader need not know the time zone of a page.
import type { Locale } from './locales.ts';

const steps = [
  ['year', 365 * 24 * 3600],
  ['month', 30 * 24 * 3600],
  ['day', 24 * 3600],
  ['hour', 3600],
  ['minute', 60],
] as const satisfies readonly (readonly [Intl.RelativeTimeFormatUnit, number])[];

export interface ShownTime {
  /** For machines. */
  readonly iso: string;
  /** "2 hours ago", "in 7 days" */
  readonly words: string;
}

export function showTime(at: Date, now: Date, locale: Locale): ShownTime {
  const seconds = Math.round((at.getTime() - now.getTime()) / 1000);
  const [unit, size] = steps.find(([, length]) => Math.abs(seconds) >= length) ?? ['minute', 60];
  const words = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  return { iso: at.toISOString(), words: words.format(Math.trunc(seconds / size) || 0, unit) };
}
