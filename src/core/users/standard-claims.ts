// The claims of OpenID Connect Core §5.1 that describe a user, and their validation. `email`
// belongs to the account, `sub` and `updated_at` to the user record.
import { AppError } from '#platform/errors.ts';

/** OpenID Connect Core §5.1.1. */
export interface PostalAddress {
  readonly formatted?: string;
  readonly street_address?: string;
  readonly locality?: string;
  readonly region?: string;
  readonly postal_code?: string;
  readonly country?: string;
}

/** OpenID Connect Core §5.1, spelled as on the wire. */
export interface StandardClaims {
  readonly name?: string;
  readonly given_name?: string;
  readonly family_name?: string;
  readonly middle_name?: string;
  readonly nickname?: string;
  readonly preferred_username?: string;
  readonly profile?: string;
  readonly picture?: string;
  readonly website?: string;
  readonly gender?: string;
  /** `YYYY-MM-DD`, or `YYYY` alone; the year 0000 means that the year is omitted. */
  readonly birthdate?: string;
  readonly zoneinfo?: string;
  readonly locale?: string;
  readonly phone_number?: string;
  readonly phone_number_verified?: boolean;
  readonly address?: PostalAddress;
}

type Reader = (value: unknown, member: string) => unknown;
type Readers<Members> = Readonly<Record<keyof Members, Reader>>;

const claimReaders: Readers<StandardClaims> = {
  name: line(200),
  given_name: line(100),
  family_name: line(100),
  middle_name: line(100),
  nickname: line(100),
  preferred_username: line(100),
  profile: webAddress,
  picture: webAddress,
  website: webAddress,
  gender: line(50),
  birthdate: checkedLine(isBirthdate, 'a date such as 1987-05-23, or a year'),
  zoneinfo: checkedLine(isTimeZone, 'a time zone such as Europe/Berlin'),
  locale,
  phone_number: checkedLine(isPhoneNumber, 'a phone number such as +49 30 1234567'),
  phone_number_verified: flag,
  address,
};

const addressReaders: Readers<PostalAddress> = {
  formatted: lines(500),
  street_address: lines(300),
  locality: line(100),
  region: line(100),
  postal_code: line(30),
  country: line(100),
};

/**
 * Validates claims from outside and omits empty members.
 * @throws AppError `invalid_input` that names the invalid member
 */
export function readStandardClaims(input: unknown): StandardClaims {
  return readMembers<StandardClaims>(input, claimReaders, '');
}

function address(value: unknown, member: string): PostalAddress | undefined {
  const read = readMembers<PostalAddress>(value, addressReaders, member);
  return Object.keys(read).length > 0 ? read : undefined;
}

function readMembers<Members>(input: unknown, readers: Readers<Members>, within: string): Members {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw wrong(within || 'The claims', 'an object');
  }
  const read: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(input)) {
    const member = within ? `${within}.${name}` : name;
    if (!Object.hasOwn(readers, name)) {
      throw new AppError('invalid_input', `${printable(member)} is not a claim that can be set.`);
    }
    if (value === undefined || value === null || value === '') continue;
    // The check above proves that the name is a key of the table.
    const result = readers[name as keyof Members](value, member);
    if (result !== undefined) read[name] = result;
  }
  // Each value was returned by the reader of its own member.
  return read as Members;
}

function line(maximumLength: number): Reader {
  return (value, member) => text(value, member, maximumLength, /[\p{Cc}\u2028\u2029]/u);
}

/** Text of several lines, such as a postal address. */
function lines(maximumLength: number): Reader {
  return (value, member) => text(value, member, maximumLength, /[^\P{Cc}\n\r]/u);
}

function checkedLine(isRight: (value: string) => boolean, meaning: string): Reader {
  return (value, member) => {
    const read = text(value, member, 100, /\p{Cc}/u);
    if (read === undefined || isRight(read)) return read;
    throw wrong(member, meaning);
  };
}

/** Trims the text; `undefined` when it is empty. Lengths are in code points. */
function text(
  value: unknown,
  member: string,
  maximumLength: number,
  forbidden: RegExp,
): string | undefined {
  if (typeof value !== 'string') throw wrong(member, 'text');
  const trimmed = value.trim();
  if (!trimmed.isWellFormed() || forbidden.test(trimmed)) {
    throw wrong(member, 'text without control characters');
  }
  if (trimmed.length > maximumLength && Array.from(trimmed).length > maximumLength) {
    throw wrong(member, `at most ${maximumLength} characters long`);
  }
  return trimmed === '' ? undefined : trimmed;
}

/**
 * Clients display and follow these URLs, so only http and https are accepted, and never
 * credentials.
 */
function webAddress(value: unknown, member: string): string | undefined {
  const read = text(value, member, 2000, /[\p{Cc}\s]/u);
  if (read === undefined) return undefined;
  const url = URL.parse(read);
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
    throw wrong(member, 'a URL that starts with https:// or http://');
  }
  return read;
}

function flag(value: unknown, member: string): boolean {
  if (typeof value !== 'boolean') throw wrong(member, 'true or false');
  return value;
}

function isBirthdate(value: string): boolean {
  if (/^\d{4}$/.test(value)) return true;
  if (!/^\d{4}-\d{2}-\d{2}$/.test(value)) return false;
  // Date normalizes nonexistent days to others, or returns an invalid date.
  const date = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(value);
}

function isTimeZone(value: string): boolean {
  if (!/^[A-Z][A-Za-z0-9_+/-]*$/.test(value)) return false;
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: value }));
  } catch {
    return false;
  }
}

/**
 * A BCP 47 tag; the underscore that some systems use is replaced by a hyphen (OpenID Connect Core
 * §5.1).
 */
function locale(value: unknown, member: string): string | undefined {
  const read = text(value, member, 100, /\p{Cc}/u);
  try {
    return read && Intl.getCanonicalLocales(read.replaceAll('_', '-'))[0];
  } catch {
    throw wrong(member, 'a language such as en or de-AT');
  }
}

/** An E.164 number with separators, optionally with an extension (RFC 3966). */
function isPhoneNumber(value: string): boolean {
  const digits = value.split(';', 1).join('').replaceAll(/\D/g, '').length;
  return /^\+?[0-9 ().-]+(;ext=[0-9]{1,10})?$/.test(value) && digits >= 3 && digits <= 15;
}

function wrong(member: string, meaning: string): AppError {
  return new AppError('invalid_input', `${printable(member)} must be ${meaning}.`);
}

/** A member name from outside may be any text; the message must remain one short line. */
function printable(member: string): string {
  return member.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 60);
}
