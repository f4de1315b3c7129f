// Parsers for the kinds of settings: numbers, choices, URLs, networks, keys. The settings are
// defined in settings.ts, rules across settings in config.ts.
import { isNetwork } from '#platform/outbound/networks.ts';
import type { EncryptionKey } from '#platform/crypto/encryption.ts';

/**
 * A documented setting. `read` throws an Error whose message continues a sentence that begins with
 * the name.
 */
export interface Setting<Value> {
  readonly name: string;
  /** One sentence for the operator. */
  readonly meaning: string;
  readonly unit?: string;
  /** Describes the default. */
  readonly unset: string;
  readonly bounds: string;
  /** The value is never repeated in a message. */
  readonly secret: boolean;
  read(text: string): Value;
}

/** The value of a setting; `undefined` when it is unset or invalid. */
export type Reader = <Value>(setting: Setting<Value>) => Value | undefined;

interface About {
  readonly meaning: string;
  readonly unset: string;
  readonly unit?: string;
}

export function wholeNumber(
  name: string,
  about: About & { readonly min: number; readonly max: number },
): Setting<number> {
  const { meaning, unset, unit, min, max } = about;
  const bounds = `whole number, ${min} to ${max}`;
  return {
    name,
    meaning,
    unset,
    ...(unit === undefined ? {} : { unit }),
    bounds,
    secret: false,
    read(text) {
      const value = /^(0|[1-9]\d{0,14})$/.test(text) ? Number(text) : Number.NaN;
      if (!(value >= min && value <= max))
        throw new Error(`must be a whole number from ${min} to ${max}`);
      return value;
    },
  };
}

export function choice<const Option extends string>(
  name: string,
  about: About & { readonly options: readonly Option[] },
): Setting<Option> {
  const { meaning, unset, options } = about;
  return {
    name,
    meaning,
    unset,
    bounds: options.map((option) => `\`${option}\``).join(', '),
    secret: false,
    read(text) {
      const chosen = options.find((option) => option === text);
      if (chosen === undefined) throw new Error(`must be one of ${options.join(', ')}`);
      return chosen;
    },
  };
}

export function words(
  name: string,
  about: About & { readonly bounds: string; readonly pattern: RegExp },
): Setting<string> {
  const { pattern, ...shown } = about;
  return {
    name,
    ...shown,
    secret: false,
    read(text) {
      if (!pattern.test(text)) throw new Error(`must be ${shown.bounds}`);
      return text;
    },
  };
}

/** URLs of stores contain passwords, so they are treated as secrets. */
export function storeUrl(
  name: string,
  about: About & { readonly bounds: string; readonly check: (text: string) => void },
): Setting<string> {
  const { check, ...shown } = about;
  return {
    name,
    ...shown,
    secret: true,
    read(text) {
      check(text);
      return text;
    },
  };
}

/**
 * The issuer identifier (OpenID Connect Discovery §3), in its only accepted spelling, because
 * issuers are compared as strings.
 */
export function issuerUrl(name: string, about: About): Setting<string> {
  const bounds = 'http(s) address without user, query and fragment; a path may follow';
  return {
    name,
    ...about,
    bounds,
    secret: false,
    read(text) {
      const url = URL.canParse(text) ? new URL(text) : undefined;
      if (!url || !/^https?:$/.test(url.protocol))
        throw new Error('must be an http or https address');
      // The text is checked too, because the parser drops an empty query, fragment or user.
      if (/[?#@]/.test(text)) throw new Error('must be without user, query and fragment');
      const path = url.pathname.replace(/\/$/, '');
      if (!/^(\/[\w.~-]+)*$/.test(path))
        throw new Error('must have a path of letters, digits and . _ ~ -');
      return url.origin + path;
    },
  };
}

export function networks(name: string, about: About): Setting<readonly string[]> {
  return {
    name,
    ...about,
    bounds: 'addresses or networks such as `10.0.0.0/8`, comma separated',
    secret: false,
    read: (text) =>
      readList(text).map((entry) => {
        if (isNetwork(entry)) return entry;
        throw new Error(`must be addresses or networks, but ${JSON.stringify(entry)} is neither`);
      }),
  };
}

/** Host names, normalized for comparison with email addresses. */
export function domains(name: string, about: About): Setting<readonly string[]> {
  return {
    name,
    ...about,
    bounds: 'domains such as `example.com`, comma separated',
    secret: false,
    read: (text) =>
      readList(text).map((entry) => {
        const host = /^[^\s/?#@:\\]+$/.test(entry) ? URL.parse(`http://${entry}`)?.hostname : '';
        if (host && /^[a-z\d-]+(\.[a-z\d-]+)+$/.test(host)) return host;
        throw new Error(`must be domains, but ${JSON.stringify(entry)} is not one`);
      }),
  };
}

/** Web origins (RFC 6454), in the serialization that browsers use. */
export function origins(name: string, about: About): Setting<readonly string[]> {
  return {
    name,
    ...about,
    bounds: 'origins such as `https://app.example.com`, comma separated',
    secret: false,
    read: (text) =>
      readList(text).map((entry) => {
        const url = URL.parse(entry);
        if (url?.protocol === 'https:' && url.origin === entry.toLowerCase()) return url.origin;
        throw new Error(`must be https origins, but ${JSON.stringify(entry)} is not one`);
      }),
  };
}

export function webAddress(name: string, about: About): Setting<string> {
  return {
    name,
    ...about,
    bounds: 'an http(s) address',
    secret: false,
    read(text) {
      if (/^https?:$/.test(URL.parse(text)?.protocol ?? '')) return text;
      throw new Error('must be an http or https address');
    },
  };
}

export function encryptionKeys(name: string, about: About): Setting<readonly EncryptionKey[]> {
  return {
    name,
    ...about,
    bounds: '`id:key` pairs, comma separated; a key is base64 of 32 bytes',
    secret: true,
    read(text) {
      const keys = readList(text).map(readEncryptionKey);
      if (hasTwice(keys.map(({ id }) => id))) throw new Error('must not name an id twice');
      if (hasTwice(keys.map(({ key }) => key.toString('hex')))) {
        throw new Error('must not contain a key twice');
      }
      return keys;
    },
  };
}

export function cookieKeys(name: string, about: About): Setting<readonly string[]> {
  return {
    name,
    ...about,
    bounds: 'base64url of at least 32 bytes each, comma separated',
    secret: true,
    read(text) {
      const keys = readList(text);
      if (keys.some((key) => !isKey(key, 32))) {
        throw new Error('must be base64url of at least 32 random bytes for each key');
      }
      if (hasTwice(keys)) throw new Error('must not contain a key twice');
      return keys;
    },
  };
}

function readEncryptionKey(entry: string): EncryptionKey {
  const [, id, text] = /^([\w-]{1,32}):(.+)$/.exec(entry) ?? [];
  const key = Buffer.from(text ?? '', 'base64');
  if (!id || !text || key.length !== 32 || !isKey(text, 32)) {
    throw new Error(
      'must be id:key pairs, with an id of letters and digits and base64 of 32 random bytes',
    );
  }
  return { id, key };
}

/** True for base64 or base64url of at least this many bytes. */
function isKey(text: string, minimumBytes: number): boolean {
  if (!/^[\w+/-]+={0,2}$/.test(text)) return false;
  return Buffer.from(text, 'base64').length >= minimumBytes;
}

function readList(text: string): string[] {
  const entries = text.split(',').map((entry) => entry.trim());
  if (entries.includes('')) throw new Error('must be a comma separated list without empty entries');
  return entries;
}

function hasTwice(entries: readonly string[]): boolean {
  return new Set(entries).size < entries.length;
}
