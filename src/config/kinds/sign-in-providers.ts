// SIGN_IN_PROVIDERS: the OpenID Connect providers that users can sign in with. The value is a JSON
// list; all errors are reported in one message. The providers are used by features/federation/.
import { canonicalJson } from '#platform/canonical-json.ts';
import type { Kind } from '#config/setting.ts';
import { readCredential, type ProviderCredential } from './providers/provider-credentials.ts';
import { logoOfIssuer, logoRule, readLogo, type ProviderLogo } from './providers/provider-logos.ts';

export interface SignInProvider {
  /** Identifies the provider in URLs: `/auth/with/:id`. */
  readonly id: string;
  /** Display name. */
  readonly name: string;
  /** Exactly as the provider spells it. */
  readonly issuer: string;
  readonly clientId: string;
  readonly credential: ProviderCredential;
  readonly scopes: readonly string[];
  /**
   * `undefined`: trusted only if the provider operates the mailbox itself, which can be determined
   * for Google only.
   */
  readonly trustEmail: boolean | undefined;
  /** Restricts sign-in to users of this Google Workspace domain. */
  readonly hostedDomain: string | undefined;
  readonly oneTap: boolean;
  /** True if its Shared Signals end the sessions of linked users. */
  readonly signals?: boolean | undefined;
  /** Where signals are polled (RFC 8936); `undefined` if the provider pushes them. */
  readonly signalsPollEndpoint?: string | undefined;
  /** `undefined`: a neutral symbol is shown. */
  readonly logo: ProviderLogo | undefined;
}

export const googleIssuer = 'https://accounts.google.com';

const maxProviders = 20;

/** Written by hand, because commands start faster without a schema library (decision 0022). */
interface Member {
  readonly isNeeded?: boolean;
  readonly must: string;
  isRight(value: unknown): boolean;
}

const members: Readonly<Record<string, Member>> = {
  id: {
    isNeeded: true,
    must: 'be lower-case letters, digits and -, and not a name of a member of Object.prototype',
    isRight: (value) => isProviderId(value) && !Object.hasOwn(Object.prototype, String(value)),
  },
  name: {
    isNeeded: true,
    must: 'be 1 to 40 characters without < and >',
    isRight: matches(/^(?! )[^\p{C}\p{Zl}\p{Zp}<>]{1,40}(?<! )$/u),
  },
  issuer: {
    isNeeded: true,
    must: 'be an https address without query and fragment',
    isRight: isIssuer,
  },
  client_id: {
    isNeeded: true,
    must: 'be 1 to 255 visible characters',
    isRight: matches(/^[\x21-\x7e]{1,255}$/),
  },
  client_secret: { must: 'be 1 to 1024 characters', isRight: matches(/^.{1,1024}$/su) },
  private_key: {
    must: 'be a JWK or PEM',
    isRight: (value) => typeof value === 'string' || isObject(value),
  },
  scopes: { must: 'be a list of 1 to 20 scopes', isRight: isScopes },
  trust_email: { must: 'be true or false', isRight: isBoolean },
  hosted_domain: {
    must: 'be a domain in lower-case letters',
    isRight: matches(/^[a-z\d-]+(\.[a-z\d-]+)+$/),
  },
  one_tap: { must: 'be true or false', isRight: isBoolean },
  signals: { must: 'be true or false', isRight: isBoolean },
  signals_poll_endpoint: { must: 'be an https address without fragment', isRight: isAddress },
  logo: { must: logoRule, isRight: (value) => readLogo(value) !== undefined },
};

export const providerList: Kind<readonly SignInProvider[]> = {
  values:
    'a JSON list of objects with `id`, `name`, `issuer`, `client_id` and `client_secret` or ' +
    '`private_key`; `scopes`, `trust_email`, `hosted_domain`, `one_tap`, `signals`, ' +
    '`signals_poll_endpoint` and `logo` are optional',
  secret: true,
  parse: readProviders,
  /** Leaves out credentials and logos: each node may have its own keys and files. */
  comparable(providers) {
    const shown = providers.map(({ credential, logo: _, ...rest }) => ({
      ...rest,
      kind: credential.kind,
    }));
    return canonicalJson(shown);
  },
};

/** Reports providers that are not permitted in production. */
export function providersUnfitForProduction(providers: readonly SignInProvider[]): string[] {
  const withoutTls = providers.filter(({ issuer }) => !issuer.startsWith('https:'));
  const polledWithoutTls = providers.filter(
    ({ signalsPollEndpoint: endpoint = 'https:' }) => !endpoint.startsWith('https:'),
  );
  const foreignOneTap = providers.filter(({ oneTap, issuer }) => oneTap && issuer !== googleIssuer);
  return [
    ...withoutTls.map(
      ({ id }) => `SIGN_IN_PROVIDERS must have an https issuer for ${id} in production`,
    ),
    ...polledWithoutTls.map(
      ({ id }) =>
        `SIGN_IN_PROVIDERS must have an https signals_poll_endpoint for ${id} in production`,
    ),
    ...foreignOneTap.map(
      ({ id }) => `SIGN_IN_PROVIDERS must set one_tap for Google only, not for ${id}`,
    ),
  ];
}

function readProviders(value: string): readonly SignInProvider[] {
  const entries = parse(value);
  if (!Array.isArray(entries)) throw new Error('must be a JSON list of providers');
  if (entries.length > maxProviders) throw new Error(`must list at most ${maxProviders} providers`);
  const faults: string[] = [];
  const providers = entries.flatMap((entry, index) => {
    const where = nameOf(entry, index);
    try {
      return [readSignInProvider(entry)];
    } catch (fault) {
      faults.push(`${where}: ${fault instanceof Error ? fault.message : 'invalid'}`);
      return [];
    }
  });
  faults.push(...findProviderConflicts(providers));
  if (faults.length > 0) throw new Error(`is invalid (${faults.join('; ')})`);
  return providers;
}

function findProviderConflicts(providers: readonly SignInProvider[]): string[] {
  const faults = (['id', 'issuer'] as const)
    .filter((member) => new Set(providers.map((each) => each[member])).size < providers.length)
    .map((member) => `each ${member} must be unique`);
  const withOneTap = providers.filter(({ oneTap }) => oneTap);
  return withOneTap.length > 1 ? [...faults, 'one_tap must be set for one provider only'] : faults;
}

function parse(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    // The parser's own message would repeat part of the value.
    throw new Error('must be JSON');
  }
}

function nameOf(entry: unknown, index: number): string {
  const id = isObject(entry) ? textOf(entry['id']) : undefined;
  return id !== undefined && /^[\w-]{1,32}$/.test(id) ? id : `number ${index + 1}`;
}

/**
 * Reads one provider: an entry of the setting, or one that operators store at run time.
 * @throws Error naming every invalid member, without values
 */
export function readSignInProvider(entry: unknown): SignInProvider {
  if (!isObject(entry)) throw new Error('must be an object');
  const faults = [
    ...Object.keys(entry)
      .filter((name) => !Object.hasOwn(members, name))
      .map((name) => `${JSON.stringify(name.slice(0, 40))} is not known`),
    ...Object.entries(members).flatMap(([name, member]) => faultOf(name, member, entry[name])),
  ];
  if (faults.length > 0) throw new Error(faults.join(', '));
  const { scopes = ['email', 'profile'], trust_email: trust, private_key: key } = entry;
  const endpoint = textOf(entry['signals_poll_endpoint']);
  return {
    id: String(entry['id']),
    name: String(entry['name']),
    issuer: String(entry['issuer']),
    clientId: String(entry['client_id']),
    credential: readCredential(textOf(entry['client_secret']), key),
    scopes: [...new Set(['openid', ...(isScopes(scopes) ? scopes : [])])],
    trustEmail: isBoolean(trust) ? trust : undefined,
    hostedDomain: textOf(entry['hosted_domain']),
    oneTap: entry['one_tap'] === true,
    ...(entry['signals'] === true ? { signals: true } : {}),
    ...(endpoint === undefined ? {} : { signalsPollEndpoint: endpoint }),
    logo: readLogo(entry['logo']) ?? logoOfIssuer(String(entry['issuer'])),
  };
}

const isProviderId = matches(/^[a-z\d](?:[a-z\d-]{0,30}[a-z\d])?$/);

/** Reports names of members, never values. */
function faultOf(name: string, { isNeeded, must, isRight }: Member, value: unknown): string[] {
  if (value === undefined) return isNeeded ? [`${name} is missing`] : [];
  return isRight(value) ? [] : [`${name} must ${must}`];
}

function matches(pattern: RegExp): (value: unknown) => boolean {
  return (value) => typeof value === 'string' && pattern.test(value);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isBoolean(value: unknown): value is boolean {
  return typeof value === 'boolean';
}

function isScopes(value: unknown): value is readonly string[] {
  const isScope = matches(/^[\x21\x23-\x5b\x5d-\x7e]{1,128}$/);
  return Array.isArray(value) && value.length > 0 && value.length <= 20 && value.every(isScope);
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function isIssuer(value: unknown): boolean {
  return isAddress(value) && !String(value).includes('?');
}

/** An https address or, in development only, a loopback address. */
function isAddress(value: unknown): boolean {
  const text = textOf(value) ?? '';
  const url = URL.parse(text);
  if (!url || /[#@\s]/.test(text) || text.length > 255) return false;
  if (url.protocol === 'https:') return true;
  return url.protocol === 'http:' && /^(?:localhost|127\.[\d.]+|\[::1\])$/.test(url.hostname);
}
