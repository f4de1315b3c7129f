// The setting that names the OpenID Connect providers people may sign in with: a JSON list, read in
// whole, with every fault of it in one sentence. What is done with them is services/identities/.
import { createPrivateKey, type JsonWebKeyInput, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import type { Setting } from './setting-kinds.ts';

/** How we show a provider's token endpoint who we are. */
export type ProviderCredential =
  | { readonly kind: 'secret'; readonly secret: string }
  | { readonly kind: 'key'; readonly key: KeyObject; readonly kid: string | undefined };

export interface SignInProvider {
  /** Names it in addresses: `/auth/with/:id`. */
  readonly id: string;
  /** As people read it. */
  readonly name: string;
  /** Exactly as the provider spells it. */
  readonly issuer: string;
  readonly clientId: string;
  readonly credential: ProviderCredential;
  readonly scopes: readonly string[];
  /** `undefined`: where the provider is the mailbox's own, which can be told of Google alone. */
  readonly trustEmail: boolean | undefined;
  /** Only people of this Google Workspace. */
  readonly hostedDomain: string | undefined;
  readonly oneTap: boolean;
}

export const googleIssuer = 'https://accounts.google.com';

const mostProviders = 20;
const text = (longest: number) =>
  z
    .string()
    .regex(/^(?! )[^\p{C}\p{Zl}\p{Zp}<>]+(?<! )$/u, 'is no such text')
    .max(longest);

const entryForm = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z\d](?:[a-z\d-]{0,30}[a-z\d])?$/, 'must be small letters, digits and -'),
  name: text(40),
  issuer: z.string().refine(isIssuer, 'must be an https address without query and fragment'),
  client_id: z.string().regex(/^[\x21-\x7e]{1,255}$/, 'must be 1 to 255 visible characters'),
  client_secret: z.string().min(1).max(1024).optional(),
  private_key: z.union([z.string(), z.record(z.string(), z.unknown())]).optional(),
  scopes: z
    .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,128}$/, 'must be scopes'))
    .min(1)
    .max(20)
    .optional(),
  trust_email: z.boolean().optional(),
  hosted_domain: z
    .string()
    .regex(/^[a-z\d-]+(\.[a-z\d-]+)+$/, 'must be a domain in small letters')
    .optional(),
  one_tap: z.boolean().optional(),
});

export const providerSettings = {
  signInProviders: {
    name: 'SIGN_IN_PROVIDERS',
    meaning:
      'Other OpenID Connect providers that people may sign in with, described in ' +
      '[sign-in-with-others.md](sign-in-with-others.md).',
    unset: 'none',
    bounds:
      'a JSON list of objects with `id`, `name`, `issuer`, `client_id` and `client_secret` or ' +
      '`private_key`; `scopes`, `trust_email`, `hosted_domain` and `one_tap` may be added',
    secret: true,
    read: readProviders,
  } satisfies Setting<readonly SignInProvider[]>,
} as const;

export interface ProviderConfig {
  readonly signInProviders: readonly SignInProvider[];
}

/** What production does not take. */
export function providersUnfitForProduction(providers: readonly SignInProvider[]): string[] {
  const plain = providers.filter(({ issuer }) => !issuer.startsWith('https:'));
  const tapped = providers.filter(({ oneTap, issuer }) => oneTap && issuer !== googleIssuer);
  return [
    ...plain.map(({ id }) => `SIGN_IN_PROVIDERS must have an https issuer for ${id} in production`),
    ...tapped.map(({ id }) => `SIGN_IN_PROVIDERS must have one_tap for Google alone, not ${id}`),
  ];
}

function readProviders(value: string): readonly SignInProvider[] {
  const entries = parse(value);
  if (!Array.isArray(entries)) throw new Error('must be a JSON list of providers');
  if (entries.length > mostProviders) throw new Error(`must name at most ${mostProviders}`);
  const faults: string[] = [];
  const providers = entries.flatMap((entry, index) => {
    const where = nameOf(entry, index);
    try {
      return [readEntry(entry)];
    } catch (fault) {
      faults.push(`${where}: ${fault instanceof Error ? fault.message : 'faulty'}`);
      return [];
    }
  });
  for (const member of ['id', 'issuer'] as const) {
    const values = providers.map((each) => each[member]);
    if (new Set(values).size < values.length) faults.push(`each ${member} must be there only once`);
  }
  if (providers.filter(({ oneTap }) => oneTap).length > 1) faults.push('one_tap is for one alone');
  if (faults.length > 0) throw new Error(`is not right (${faults.join('; ')})`);
  return providers;
}

function parse(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    // The parser's own message would repeat a part of it.
    throw new Error('must be JSON');
  }
}

function nameOf(entry: unknown, index: number): string {
  const id = typeof entry === 'object' && entry && 'id' in entry ? entry.id : undefined;
  return typeof id === 'string' && /^[\w-]{1,32}$/.test(id) ? id : `number ${index + 1}`;
}

function readEntry(entry: unknown): SignInProvider {
  const result = entryForm.safeParse(entry);
  if (!result.success) throw new Error(result.error.issues.map(describeIssue).join(', '));
  const { data } = result;
  return {
    id: data.id,
    name: data.name,
    issuer: data.issuer,
    clientId: data.client_id,
    credential: readCredential(data.client_secret, data.private_key),
    scopes: [...new Set(['openid', ...(data.scopes ?? ['email', 'profile'])])],
    trustEmail: data.trust_email,
    hostedDomain: data.hosted_domain,
    oneTap: data.one_tap ?? false,
  };
}

/** Names members, never values. */
function describeIssue({ path, message, code }: z.core.$ZodIssue): string {
  const member = path.map(String).join('.');
  if (code === 'unrecognized_keys') return message;
  return member === '' ? 'must be an object' : `${member} ${lower(message)}`;
}

function lower(message: string): string {
  return message.startsWith('Invalid input: ') ? 'is missing or of the wrong kind' : message;
}

function readCredential(secret: string | undefined, key: unknown): ProviderCredential {
  if ((secret === undefined) === (key === undefined)) {
    throw new Error('needs either client_secret or private_key');
  }
  if (secret !== undefined) return { kind: 'secret', secret };
  const kid = typeof key === 'object' && key && 'kid' in key ? key.kid : undefined;
  const made = privateKeyOf(key);
  if (!made || !isStrong(made)) {
    throw new Error('private_key must be a private RSA (2048 bits or more), P-256 or Ed25519 key');
  }
  return { kind: 'key', key: made, kid: typeof kid === 'string' ? kid : undefined };
}

function privateKeyOf(key: unknown): KeyObject | undefined {
  try {
    if (typeof key === 'string') return createPrivateKey(key);
    // Whatever is no key makes the function throw.
    return createPrivateKey({ key: key as JsonWebKeyInput['key'], format: 'jwk' });
  } catch {
    return undefined;
  }
}

function isStrong({ asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject): boolean {
  if (type === 'rsa') return (details?.modulusLength ?? 0) >= 2048;
  return type === 'ed25519' || (type === 'ec' && details?.namedCurve === 'prime256v1');
}

/** TLS, or a machine's own address, which only development takes. */
function isIssuer(value: string): boolean {
  const url = URL.parse(value);
  if (!url || /[?#@\s]/.test(value) || value.length > 255) return false;
  if (url.protocol === 'https:') return true;
  return url.protocol === 'http:' && /^(?:localhost|127\.[\d.]+|\[::1\])$/.test(url.hostname);
}
