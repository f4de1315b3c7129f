// Interface of the store for entries that expire within hours, with one key space per kind of
// entry, and what both implementations share: names of entries, their JSON form and lifetimes. The
// implementations are short-lived-redis.ts and short-lived-memory.ts; callers define the values.
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
  'NativeSignIn',
] as const;

export type KeySpace = (typeof keySpaces)[number];

/**
 * Every failure is an AppError store_unavailable. The caller cannot know then whether the change
 * took effect, so a failure must be treated as a refusal. An expired lifetime (zero or less) stores
 * nothing: put removes the entry, claim returns false.
 */
export interface ShortLivedStore {
  readonly kind: 'redis' | 'memory' | 'postgres';
  /** Stores a JSON object for the given number of seconds, replacing any previous value. */
  put(space: KeySpace, key: string, value: object, ttlSeconds: number): Promise<void>;
  /** Returns a copy; a consumed entry has `consumed`, in seconds since 1970. */
  get(space: KeySpace, key: string): Promise<Record<string, unknown> | undefined>;
  remove(space: KeySpace, key: string): Promise<void>;
  /** Stores {} if the key is unused: returns true for exactly one caller until it expires. */
  claim(space: KeySpace, key: string, ttlSeconds: number): Promise<boolean>;
  /**
   * Marks an entry as consumed: returns true for exactly one caller. It stays readable until it
   * expires.
   */
  consume(space: KeySpace, key: string, at: Date): Promise<boolean>;
  /**
   * Increments {count} and returns it. The lifetime starts with the first call and is not renewed.
   */
  count(space: KeySpace, key: string, ttlSeconds: number): Promise<number>;
  /** Changes whenever entries may have been lost or restored other than by expiry. */
  lossMark(): Promise<string>;
  /**
   * Connections opened by this process so far. Entries of an earlier connection may be lost or
   * restored.
   */
  connections(): number;
  ping(): Promise<void>;
  close(): Promise<void>;
  /** Number of commands so far, each at most one round trip. */
  commands(): number;
}

/**
 * oidc-provider saves a device code again under the id it read in an interaction, so ids stay
 * readable.
 */
const readableSpaces: ReadonlySet<KeySpace> = new Set<KeySpace>(['DeviceCode']);

/** Name of an entry. Keys are bearer secrets, so their hash is used. */
export function entryName(space: KeySpace, key: string): string {
  return `${space}:${readableSpaces.has(space) ? key : sha256Text(key)}`;
}

/**
 * Prefix of the text of a consumed entry. Entries are marked on their text, because the JSON
 * library in Redis would turn empty lists into objects and lose precision in large numbers.
 */
export const consumedStart = '{"consumed":';

/** Serializes a value. Only consumed entries begin with consumedStart. */
export function encodeEntry(value: object): string {
  const { consumed, ...rest }: { consumed?: unknown } = value;
  const text = JSON.stringify(rest);
  return consumed ? markConsumed(text, JSON.stringify(consumed)) : text;
}

/** Returns the text of the same entry, marked as consumed. */
export function markConsumed(text: string, at: string): string {
  return `${consumedStart}${at}${text === '{}' ? '' : ','}${text.slice(1)}`;
}

export function decodeEntry(text: string): Record<string, unknown> {
  // Always an object, because only encodeEntry and markConsumed write entries.
  const value: Record<string, unknown> = JSON.parse(text);
  return value;
}

/** Seconds since 1970 for `consumed`; never 0, which would read as "not consumed". */
export function consumedAt(at: Date): string {
  return String(Math.max(1, Math.floor(at.getTime() / 1000)));
}

/** Whole milliseconds; a lifetime that is not finite is a bug in the caller. */
export function readTtlMs(ttlSeconds: number): number {
  if (!Number.isFinite(ttlSeconds)) throw new RangeError('ttlSeconds must be a finite number');
  return Math.ceil(ttlSeconds * 1000);
}
