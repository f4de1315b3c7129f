// The policy for clients that register themselves: the metadata that is stored for a request (RFC 7591 §2).
// Values that the client may not have are refused or, as the RFC permits, replaced; the response contains
// what is registered.
import { defaultPolicies } from '#core/clients/client-policies.ts';
import {
  globalRevocationScope,
  isStandardScope,
  managementScopes,
  signalScopes,
  splitScope,
} from '#core/clients/scopes.ts';
import { invalidMetadata } from './registration-refusal.ts';
import { checkUris, isNativeRedirect } from './registration-uris.ts';

export type Metadata = Readonly<Record<string, unknown>>;

export interface RegistrationPolicy {
  readonly scopes: readonly string[];
  /** Domains of redirect URIs; empty means all. */
  readonly hosts: readonly string[];
  readonly pkce: 'required' | 'nonce' | 'off';
  /** The members that this server honors; all others are ignored (RFC 7591 §2). */
  readonly members: readonly string[];
}

/** Without client credentials: no user would have agreed to the access. */
const grantTypes: readonly unknown[] = [
  'authorization_code',
  'refresh_token',
  'urn:ietf:params:oauth:grant-type:device_code',
];
const authMethods: readonly unknown[] = [
  'none',
  'client_secret_basic',
  'client_secret_post',
  'private_key_jwt',
  'tls_client_auth',
  'self_signed_tls_client_auth',
];
/** Assigned by the server, or set by operators only. */
const reserved: ReadonlySet<string> = new Set([
  'client_id',
  'client_id_issued_at',
  'client_secret',
  'client_secret_expires_at',
]);

const maxNameLength = 200;
const maxListLength = 20;

/**
 * Returns the metadata to store, with the defaults of RFC 7591 §2 and OpenID Connect Dynamic Client
 * Registration §2, such as RS256 for ID tokens.
 * @throws RegistrationRefusal
 */
export function applyPolicy(request: Metadata, policy: RegistrationPolicy): Metadata {
  const known = Object.entries(request).filter(
    ([member, value]) => policy.members.includes(member) && !reserved.has(member) && value !== null,
  );
  const metadata: Metadata = {
    token_endpoint_auth_method: 'client_secret_basic',
    grant_types: ['authorization_code'],
    response_types: ['code'],
    id_token_signed_response_alg: 'RS256',
    ...Object.fromEntries(known),
  };
  checkSizes(metadata);
  checkUris(metadata, policy);
  checkChoices(metadata);
  return {
    application_type: applicationTypeOf(metadata),
    ...metadata,
    scope: permittedScope(metadata['scope'], policy),
    require_pkce: pkceOf(metadata, policy),
    ...assertionPolicyOf(metadata),
  };
}

/** Libraries name the token endpoint as the audience of an assertion (OpenID Connect Core §9). */
function assertionPolicyOf(metadata: Metadata): Metadata {
  const { client_assertion_audience: audience } = defaultPolicies(metadata, { requirePkce: 'all' });
  return audience === undefined ? {} : { client_assertion_audience: audience };
}

function checkSizes({ client_name: name, ...metadata }: Metadata): void {
  if (name !== undefined && (typeof name !== 'string' || name.length > maxNameLength)) {
    throw invalidMetadata(`client_name must be a text of at most ${maxNameLength} characters.`);
  }
  for (const [member, value] of Object.entries(metadata)) {
    if (Array.isArray(value) && value.length > maxListLength) {
      throw invalidMetadata(`${member} must have at most ${maxListLength} members.`);
    }
  }
}

function checkChoices(metadata: Metadata): void {
  const { grant_types: grants, token_endpoint_auth_method: method } = metadata;
  if (!Array.isArray(grants)) throw invalidMetadata('grant_types must be an array.');
  const refused: unknown = grants.find((grant) => !grantTypes.includes(grant));
  if (refused !== undefined) {
    throw invalidMetadata('grant_types has one that clients may not register for themselves.');
  }
  if (!authMethods.includes(method)) {
    throw invalidMetadata('token_endpoint_auth_method is not supported.');
  }
}

/**
 * Many native apps omit the type. Only a native client may use any port of the loopback interface
 * (RFC 8252 §7.3).
 */
function applicationTypeOf({ redirect_uris: uris }: Metadata): 'native' | 'web' {
  const isNative = Array.isArray(uris) && uris.length > 0 && uris.every(isNativeRedirect);
  return isNative ? 'native' : 'web';
}

/**
 * A client without `scope` gets everything that the policy permits. A `scope` limits only the claims about
 * users: libraries register with the scopes of their first request, and later request further scopes of an
 * API (RFC 9470, MCP), each of which the user must allow.
 */
function permittedScope(requested: unknown, { scopes }: RegistrationPolicy): string {
  if (requested !== undefined && typeof requested !== 'string') {
    throw invalidMetadata('scope must be a string of scopes, separated by spaces.');
  }
  const wanted = splitScope(requested);
  const reservedScope = wanted.find(isReservedScope);
  if (reservedScope !== undefined) {
    throw invalidMetadata(`The scope ${reservedScope} is given by operators only.`);
  }
  const isWanted = (scope: string) => requested === undefined || wanted.includes(scope);
  const permitted = scopes.filter(
    (scope) => !isReservedScope(scope) && (isWanted(scope) || !isStandardScope(scope)),
  );
  if (permitted.length > 0) return permitted.join(' ');
  throw invalidMetadata('scope has no scope that clients may register for themselves.');
}

const reservedScopes: readonly string[] = [
  globalRevocationScope,
  ...managementScopes,
  ...signalScopes,
];

function isReservedScope(scope: string): boolean {
  return reservedScopes.includes(scope);
}

/** Public clients always use PKCE. */
function pkceOf({ token_endpoint_auth_method: method }: Metadata, { pkce }: RegistrationPolicy) {
  if (method === 'none' || pkce === 'required') return true;
  return pkce === 'off' ? 'off' : false;
}
