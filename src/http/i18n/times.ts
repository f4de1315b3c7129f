// Times for users: relative ones on pages, whose time zone a reader need not know, and absolute
// ones in mail, which is read later.
import { createTranslator, type Locale } from './locales.ts';

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
  /** "2 hours ago", "in 7 days", "just now" */
  readonly words: string;
}

export function showTime(at: Date, now: Date, locale: Locale): ShownTime {
  const seconds = Math.round((at.getTime() - now.getTime()) / 1000);
  const [unit, size] = steps.find(([, length]) => Math.abs(seconds) >= length) ?? ['minute', 60];
  const iso = at.toISOString();
  if (seconds > -60 && seconds <= 0) return { iso, words: createTranslator(locale)('time.now') };
  const words = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  return { iso, words: words.format(Math.trunc(seconds / size) || 1, unit) };
}

/** A relative time, with the absolute one for a tooltip. */
export interface ExactTime extends ShownTime {
  readonly exact: string;
}

/** @param zone the user's time zone, from the IANA database; UTC if unknown */
export function showExactTime(at: Date, now: Date, locale: Locale, zone = ''): ExactTime {
  const shown = showTime(at, now, locale);
  return { ...shown, exact: describeTime(locale, shown.iso, zone) };
}

/**
 * Formats an absolute time, in the user's time zone if it is known, and always with the name of the
 * zone.
 * @param at in ISO 8601
 * @param zone from the IANA database; empty if unknown
 */
export function describeTime(locale: string, at: string, zone: string): string {
  const date = new Date(at);
  try {
    return timeFormat(locale, zone || 'UTC').format(date);
  } catch {
    // The system does not know the time zone.
    return timeFormat(locale, 'UTC').format(date);
  }
}

const noBreakSpace = '\u00a0';

/** Most users of an installation share a few languages and time zones. */
const maxKeptFormats = 64;
/** Creating a format takes a hundred times as long as using it. */
const keptFormats = new Map<string, Intl.DateTimeFormat>();

function timeFormat(locale: string, timeZone: string): Intl.DateTimeFormat {
  const key = `${locale} ${timeZone}`;
  const known = keptFormats.get(key);
  if (known) return known;
  const format = new Intl.DateTimeFormat(locale, {
    year: 'numeric',
    month: 'long',
    day: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    timeZoneName: 'short',
    timeZone,
  });
  if (keptFormats.size >= maxKeptFormats) keptFormats.clear();
  keptFormats.set(key, format);
  return format;
}

/**
 * Formats an absolute date, without the time, in the user's time zone if it is known. A line does not
 * break within it.
 * @param zone from the IANA database; empty if unknown
 */
export function describeDate(locale: string, at: Date, zone = ''): string {
  const format = (timeZone: string) =>
    new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone })
      .format(at)
      .replaceAll(' ', noBreakSpace);
  try {
    return format(zone || 'UTC');
  } catch {
    // The system does not know the time zone.
    return format('UTC');
  }
}
