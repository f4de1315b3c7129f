// Parses and validates one line of an import. Strict, because an ignored member would be lost: the
// file is not read again once users have signed in.
import { AppError, isAppError } from '#platform/errors.ts';
import { isUuid } from '#platform/uuid.ts';
import { checkEmail } from '#core/users/email-addresses.ts';
import { readStandardClaims, type StandardClaims } from '#core/users/users.ts';
import type { ForeignHash } from '#platform/crypto/foreign-hashes/hash-strings.ts';
import { readPassword } from './password-formats.ts';

export interface ImportRecord {
  /** The `sub` that clients already know; `undefined`: a new id is generated. */
  readonly id: string | undefined;
  readonly email: string;
  readonly emailKey: string;
  readonly emailVerified: boolean;
  readonly claims: StandardClaims;
  readonly password: ForeignHash | undefined;
  /** `undefined`: not blocked. */
  readonly blocked: { readonly reason: string | undefined } | undefined;
  /** `undefined`: the time of the import. */
  readonly createdAt: Date | undefined;
}

export type RecordReading =
  | { readonly ok: true; readonly record: ImportRecord }
  /** A sentence for the operator; contains no part of a password hash. */
  | { readonly ok: false; readonly reason: string };

const members = ['id', 'email', 'email_verified', 'claims', 'password', 'blocked', 'created_at'];
const maxReasonLength = 500;

type Members = Readonly<Record<string, unknown>>;

/** One reader per import: it caches the time zones that it has validated. */
export function createRecordReader() {
  const readClaims = createClaimReader();

  function readRecord(given: Members, now: Date): ImportRecord {
    const strange = Object.keys(given).find((name) => !members.includes(name));
    if (strange !== undefined) {
      throw wrong(`${quote(strange)} is no member of a record; there are ${members.join(', ')}.`);
    }
    const { email, key: emailKey } = readEmail(given['email']);
    const { password } = given;
    return {
      id: readId(given['id']),
      email,
      emailKey,
      emailVerified: readFlag(given['email_verified']),
      claims: readClaims(given['claims'] ?? {}),
      password: isAbsent(password) ? undefined : readPassword(password),
      blocked: readBlock(given['blocked']),
      createdAt: readTime(given['created_at'], now),
    };
  }

  /** @param now upper bound for `created_at` */
  return function readLine(line: string, now: Date): RecordReading {
    try {
      return { ok: true, record: readRecord(readObject(line), now) };
    } catch (error) {
      if (isAppError(error, 'invalid_input')) return { ok: false, reason: error.message };
      throw error;
    }
  };
}

export type ReadRecord = ReturnType<typeof createRecordReader>;

/** Validating a time zone takes longer than the rest of the line, and much memory. */
function createClaimReader() {
  const zones = new Set<unknown>();
  return (claims: unknown): StandardClaims => {
    const zone = zoneOf(claims);
    if (zone !== undefined && zones.has(zone)) {
      return { ...readStandardClaims({ ...Object(claims), zoneinfo: undefined }), zoneinfo: zone };
    }
    const read = readStandardClaims(claims);
    // Cached only if already canonical, so the cache is bounded by the number of time zones.
    if (zone !== undefined && read.zoneinfo === zone) zones.add(zone);
    return read;
  };
}

function zoneOf(claims: unknown): string | undefined {
  const isObject = typeof claims === 'object' && claims !== null && !Array.isArray(claims);
  const zone: unknown = isObject && 'zoneinfo' in claims ? claims.zoneinfo : undefined;
  return typeof zone === 'string' ? zone : undefined;
}

function readObject(line: string): Members {
  const value = parse(line);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw wrong('The line is not one JSON object.');
  }
  return Object.fromEntries(Object.entries(value));
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    // The parser's own message would repeat part of the line.
    throw new AppError('invalid_input', 'The line is not one JSON object.', { cause });
  }
}

function readEmail(value: unknown) {
  if (typeof value !== 'string') throw wrong('"email" is missing, or is no text.');
  const checked = checkEmail(value);
  if (checked.ok) return checked;
  const what = { empty: 'is empty', malformed: 'is not an email address', too_long: 'is too long' };
  throw wrong(`"email" ${what[checked.reason]}.`);
}

function readId(value: unknown): string | undefined {
  if (isAbsent(value)) return undefined;
  if (typeof value === 'string' && isUuid(value)) {
    return value.toLowerCase();
  }
  throw wrong('"id" must be a UUID; if it is absent, a new id is generated.');
}

function readFlag(value: unknown): boolean {
  if (isAbsent(value)) return false;
  if (typeof value === 'boolean') return value;
  throw wrong('"email_verified" must be true or false.');
}

function readBlock(value: unknown): ImportRecord['blocked'] {
  if (isAbsent(value) || value === false) return undefined;
  if (value === true) return { reason: undefined };
  const entries = typeof value === 'object' ? Object.entries(Object(value)) : [];
  const [name, reason] = entries[0] ?? [];
  const isText =
    typeof reason === 'string' &&
    reason.trim() !== '' &&
    reason.length <= maxReasonLength &&
    reason.isWellFormed() &&
    !/[^\P{Cc}\n]/u.test(reason);
  if (entries.length === 1 && name === 'reason' && isText) return { reason: reason.trim() };
  throw wrong(
    `"blocked" must be true, false or {"reason": text of at most ${maxReasonLength} characters}.`,
  );
}

/** RFC 3339 with a time zone: without one, the time would be ambiguous. */
function readTime(value: unknown, now: Date): Date | undefined {
  if (isAbsent(value)) return undefined;
  const form = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/;
  const time = typeof value === 'string' && form.test(value) ? new Date(value) : undefined;
  const isTime = time && time.getTime() >= 0 && time <= now;
  if (isTime) return time;
  throw wrong('"created_at" must be a time of the past such as 2021-05-23T10:00:00Z.');
}

function isAbsent(value: unknown): value is undefined | null {
  return value === undefined || value === null;
}

/** Names in the file may contain anything; the message remains one short line. */
function quote(name: string): string {
  return `"${name.replaceAll(/[^\x20-\x7e]/g, '?').slice(0, 60)}"`;
}

function wrong(message: string): AppError {
  return new AppError('invalid_input', message);
}
