// Splits a phone number into country and national number for the form, and joins them again.
import { countryCodes } from './country-codes.ts';

export interface PhoneParts {
  /** Two letters; empty if the number has no known country calling code. */
  readonly country: string;
  readonly number: string;
}

/** Calling codes after which national numbers keep their leading zero. */
const zeroStays: ReadonlySet<string> = new Set(['39', '378', '225', '241', '242']);

export function splitPhoneNumber(value: string): PhoneParts {
  const isInternational = /^\+\d/.test(value);
  const candidates = isInternational
    ? countryCodes.filter(({ callingCode }) => hasCode(value, callingCode))
    : [];
  const [longest] = candidates.toSorted((a, b) => b.callingCode.length - a.callingCode.length);
  if (!longest) return { country: '', number: value };
  return { country: longest.country, number: dropDigits(value, longest.callingCode.length) };
}

function hasCode(value: string, callingCode: string): boolean {
  return value.replaceAll(/\D/g, '').startsWith(callingCode);
}

/** The rest after the given number of digits, without the separator that follows them. */
function dropDigits(value: string, count: number): string {
  const prefix = new RegExp(`^\\+(?:\\D*\\d){${count}}[ .-]*`);
  return value.replace(prefix, '');
}

/**
 * The international number; `undefined` if it has no country calling code. A number that starts
 * with + includes the code already.
 */
export function joinPhoneNumber(callingCode: string, number: string): string | undefined {
  if (number.startsWith('+')) return number;
  if (number.startsWith('00')) return `+${number.slice(2)}`;
  if (!countryCodes.some((each) => each.callingCode === callingCode)) return undefined;
  const national = zeroStays.has(callingCode) ? number : number.replace(/^\(?0\)?[ ./-]*/, '');
  return `+${callingCode} ${national}`;
}
