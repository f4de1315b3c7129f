// The contract for everything that ends by itself within hours: one key space per kind of entry.
// Owns what both implementations share: names of entries, their JSON form, life times. Leaves the
// keeping to short-lived-redis.ts and short-lived-memory.ts, and any meaning of a value to callers.
import { sha256Text } from '#platform/crypto/hashing.ts';

export const keySpaces = [
  'Interaction',
  'AuthorizationCode',
  'AccessToken',
  'ClientCredentials',
  'DeviceCode',
  'UserCode',
  'PreAuthorizedCode',
  'PushedAuthorizationRequest',
  'BackchannelAuthenticationRequest',
  'Session',
  'ReplayDetection',
  'Throttle',
  'PendingSignIn',
  'PasskeyChallenge',
  'Reauthentication',
  'ProviderTrip',
  'ProvenIdentity',
  'CapturedMail',
  'PostedRequest',
] as const;

export type KeySpace = (typeof keySpaces)[number];

/**
 * Any failure is an AppError store_unavailable; a caller can not know then whether a change has
 * happened, so "no answer" must be treated as "no". A life time that has already ended (zero or
 * less) keeps nothing: put removes, claim refuses.
 */
export interface ShortLivedStore {
  readonly kind: 'redis' | 'memory';
  /** Keeps a JSON object, in place of what was there, for so many seconds. */
  put(space: KeySpace, key: string, value: object, ttlSeconds: number): Promise<void>;
  /** A fresh copy; a consumed entry carries `consumed`, in seconds since 1970. */
  get(space: KeySpace, key: string): Promise<Record<string, unknown> | undefined>;
  remove(space: KeySpace, key: string): Promise<void>;
  /** Puts {} where nothing is: true for exactly one caller until the time ends. */
  claim(space: KeySpace, key: string, ttlSeconds: number): Promise<boolean>;
  /** Marks an entry: true for exactly one caller. It stays readable until its time ends. */
  consume(space: KeySpace, key: string, at: Date): Promise<boolean>;
  /** Adds one and answers the sum, kept as {count}; the time runs from the first and is not renewed. */
  count(space: KeySpace, key: string, ttlSeconds: number): Promise<number>;
  /** Differs from before whenever entries may have gone, or come back, otherwise than by their time. */
  lossMark(): Promise<string>;
  /** Ways to the store that this process has opened; what came by an earlier one may be gone, or back. */
  connections(): number;
  ping(): Promise<void>;
  close(): Promise<void>;
  /** Commands so far, each at most one round trip. */
  commands(): number;
}

/** The engine saves a device code again under the id it reads in an interaction (ids stay readable). */
const readableSpaces: ReadonlySet<KeySpace> = new Set<KeySpace>(['DeviceCode']);

/** The entry's name; keys are bearer secrets, so their hash stands for them. */
export function entryName(space: KeySpace, key: string): string {
  return `${space}:${readableSpaces.has(space) ? key : sha256Text(key)}`;
}

/**
 * How the text of a consumed entry begins. Marking is done on the text, because a JSON library
 * inside Redis would turn empty lists into objects and shorten large numbers.
 */
export const consumedStart = '{"consumed":';

/** A value as text: whatever is consumed begins with consumedStart, nothing else does. */
export function encodeEntry(value: object): string {
  const { consumed, ...rest }: { consumed?: unknown } = value;
  const text = JSON.stringify(rest);
  return consumed ? markConsumed(text, JSON.stringify(consumed)) : text;
}

/** The text of the same entry, consumed. */
export function markConsumed(text: string, at: string): string {
  return `${consumedStart}${at}${text === '{}' ? '' : ','}${text.slice(1)}`;
}

export function decodeEntry(text: string): Record<string, unknown> {
  // True because only encodeEntry and markConsumed write, and they write objects.
  const value: Record<string, unknown> = JSON.parse(text);
  return value;
}

/** Seconds since 1970 as they stand in `consumed`; never 0, which would read as "not consumed". */
export function consumedAt(at: Date): string {
  return String(Math.max(1, Math.floor(at.getTime() / 1000)));
}

/** Whole milliseconds; a life without an end is a fault of the caller. */
export function readTtlMs(ttlSeconds: number): number {
  if (!Number.isFinite(ttlSeconds)) throw new RangeError('ttlSeconds must be a finite number');
  return Math.ceil(ttlSeconds * 1000);
}
