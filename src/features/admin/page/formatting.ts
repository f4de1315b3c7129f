// Formats times, numbers and states for the panel, in English. Times are relative, with the exact time beside
// them.
import { isUuid } from '#platform/uuid.ts';
import { showDevice } from '#http/i18n/devices.ts';
import { createTranslator } from '#http/i18n/locales.ts';
import { showTime } from '#http/i18n/times.ts';
import type { RichText } from './rich-text.ts';

const numbers = new Intl.NumberFormat('en');

export function showNumber(value: number): string {
  return numbers.format(value);
}

const shortNumbers = new Intl.NumberFormat('en', { notation: 'compact' });

/** "1.2K", for axes */
export function showShortNumber(value: number): string {
  return shortNumbers.format(value);
}

export function plural(count: number, one: string, several = `${one}s`): string {
  return `${showNumber(count)} ${count === 1 ? one : several}`;
}

/** "2 hours ago" */
export function relativeTime(at: Date, now: Date): RichText {
  const { iso, words } = showTime(at, now, 'en');
  return { text: words, time: iso };
}

/** "4 May 2026, 12:00:31 UTC" */
export function exactTime(at: Date): RichText {
  return { text: describeExactly(at), time: at.toISOString() };
}

const exact = new Intl.DateTimeFormat('en-GB', {
  dateStyle: 'medium',
  timeStyle: 'medium',
  timeZone: 'UTC',
});

export function describeExactly(at: Date): string {
  return `${exact.format(at)} UTC`;
}

const units = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const;

/** "2 hours later", in the largest unit that fits */
export function describeGap(from: Date, to: Date): string {
  const seconds = Math.round((to.getTime() - from.getTime()) / 1000);
  return seconds < 1 ? 'in the same second' : `${describeDuration(seconds)} later`;
}

/** "2 hours", in the largest unit that fits */
export function describeDuration(seconds: number): string {
  const [unit, size] = units.find(([, each]) => seconds >= each) ?? ['second', 1];
  return plural(Math.floor(seconds / size), unit);
}

const english = createTranslator('en');

/** "Firefox on Linux", from the name that `describeDevice` returned */
export function deviceName(name: string | undefined): string {
  return showDevice(english, name ?? '') || 'Unknown device';
}

/** The first part of a UUID, which is enough to tell a few apart; other ids unchanged. */
export function shortId(id: string): string {
  return isUuid(id) ? id.slice(0, 8) : id;
}

const days = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' });

/** "4 May 2026" */
export function day(at: Date): RichText {
  return { text: days.format(at), time: at.toISOString() };
}
