// Identity providers that operators manage at run time. A stored provider has the members of an entry
// of SIGN_IN_PROVIDERS, without a path as its logo, and can be disabled.
import {
  googleIssuer,
  readSignInProvider,
  type SignInProvider,
} from '#config/kinds/sign-in-providers.ts';
import { AppError } from '#platform/errors.ts';
import { providerMarks } from '#config/kinds/providers/provider-logos.ts';

/** The members that may be shown, as the setting spells them. */
export interface ProviderEntry {
  readonly id: string;
  readonly name: string;
  readonly issuer: string;
  readonly client_id: string;
  readonly scopes?: readonly string[] | undefined;
  readonly trust_email?: boolean | undefined;
  readonly hosted_domain?: string | undefined;
  readonly one_tap?: boolean | undefined;
  readonly signals?: boolean | undefined;
  readonly signals_poll_endpoint?: string | undefined;
  readonly logo?: string | undefined;
}

/** One of the two; `private_key` is a PEM, or a JWK as JSON or as an object. */
export interface ProviderSecret {
  readonly client_secret?: string | undefined;
  readonly private_key?: string | Readonly<Record<string, unknown>> | undefined;
}

export type ProviderOptions = Omit<ProviderEntry, 'id' | 'issuer'>;

/** Members to change; `null` removes one. The secret is kept unless another one is given. */
export type ProviderChanges = {
  readonly [Name in keyof ProviderOptions]?: ProviderOptions[Name] | null | undefined;
} & { readonly secret?: ProviderSecret | undefined; readonly enabled?: boolean | undefined };

/** A row, whose secret is still encrypted. */
export interface StoredProvider {
  readonly id: string;
  readonly issuer: string;
  readonly options: ProviderOptions;
  readonly credential: string;
  readonly enabled: boolean;
  /** Changes with every change of the provider, and if an id is reused. */
  readonly revision: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** The users whom a change affects: those with an account linked to the provider. */
export interface ProviderUsage {
  readonly linkedUsers: number;
  /** Those of them without a password, a passkey or another working provider. */
  readonly usersWithoutOtherMethod: number;
}

export type ProviderState =
  | 'active'
  | 'disabled'
  /** SIGN_IN_PROVIDERS has a provider with the same id or issuer, which is used instead. */
  | 'overridden'
  /** The secret cannot be decrypted, or the entry is not valid for this version. */
  | 'unusable';

export const maxStoredProviders = 20;

/**
 * Reads and checks a provider. The logo must be a mark or a URL: a path would let callers of the API
 * find out which files exist on the server.
 * @throws AppError `invalid_input` naming every invalid member
 */
export function readProvider(entry: ProviderEntry, secret: ProviderSecret): SignInProvider {
  const { logo } = entry;
  const isMark = providerMarks.some((mark) => mark === logo);
  if (logo !== undefined && !isMark && !/^https:/i.test(logo)) {
    const marks = providerMarks.join(', ');
    throw new AppError('invalid_input', `logo must be ${marks}, or an https address.`);
  }
  const provider = readOrRefuse({ ...defined(entry), ...defined(withKey(secret)) });
  if (provider.oneTap && provider.issuer !== googleIssuer) {
    throw new AppError('invalid_input', 'one_tap must be set for Google only.');
  }
  return provider;
}

function readOrRefuse(entry: object): SignInProvider {
  try {
    return readSignInProvider(entry);
  } catch (cause) {
    const what = cause instanceof Error ? cause.message : 'it is not valid';
    throw new AppError('invalid_input', `The provider is invalid: ${what}.`, { cause });
  }
}

/** A JWK may be given as text. */
function withKey({ client_secret, private_key }: ProviderSecret): ProviderSecret {
  if (typeof private_key !== 'string' || !private_key.trimStart().startsWith('{')) {
    return { client_secret, private_key };
  }
  try {
    const key: unknown = JSON.parse(private_key);
    return typeof key === 'object' && key !== null
      ? { client_secret, private_key: { ...key } }
      : { client_secret, private_key };
  } catch {
    return { client_secret, private_key };
  }
}

export function defined<Value extends object>(value: Value): Partial<Value> {
  const entries = Object.entries(value).filter(([, each]) => each !== undefined && each !== null);
  // A subset of the members of the value.
  return Object.fromEntries(entries) as Partial<Value>;
}

/** Binds the encrypted secret of a provider to it. */
export function providerContext(id: string): string {
  return `identity provider ${id}`;
}
