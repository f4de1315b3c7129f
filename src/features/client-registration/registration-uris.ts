// The URIs that a client may register about itself. The rules are stricter than those for operators,
// because the developer of the client is unknown.
import { isLoopbackRedirectHost } from '#platform/outbound/networks.ts';
import { RegistrationRefusal, invalidMetadata } from './registration-refusal.ts';

type Metadata = Readonly<Record<string, unknown>>;

/** Members with a single URL, which a browser or this server opens. */
const urlMembers = [
  'backchannel_logout_uri',
  'client_uri',
  'initiate_login_uri',
  'jwks_uri',
  'logo_uri',
  'policy_uri',
  'sector_identifier_uri',
  'tos_uri',
] as const;

export const maxRedirectUris = 20;
const maxUriLength = 2000;

/** @throws RegistrationRefusal */
export function checkUris(metadata: Metadata, { hosts }: { readonly hosts: readonly string[] }) {
  for (const member of urlMembers) {
    const fault = findUrlFault(metadata[member]);
    if (fault !== undefined) throw invalidMetadata(`${member} ${fault}.`);
  }
  for (const member of ['redirect_uris', 'post_logout_redirect_uris'] as const) {
    const fault = findRedirectFault(metadata[member], hosts);
    if (fault === undefined) continue;
    const isRedirect = member === 'redirect_uris';
    const code = isRedirect ? 'invalid_redirect_uri' : 'invalid_client_metadata';
    throw new RegistrationRefusal(code, `${member} ${fault}.`);
  }
}

/** True for URIs at which only software on the user's own device receives the response. */
export function isNativeRedirect(uri: unknown): boolean {
  const url = typeof uri === 'string' ? URL.parse(uri) : null;
  if (!url) return false;
  return url.protocol === 'http:' ? isLoopbackRedirectHost(url.hostname) : isPrivateUse(url);
}

/** The rest of a sentence that begins with the name of the member; `undefined` if the URI is accepted. */
function findUrlFault(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  const url = parseUri(value);
  if (!url) return 'must be an absolute URL of at most 2000 characters';
  return url.protocol === 'https:' ? findPartFault(url, value) : 'must be an https URL';
}

function findRedirectFault(value: unknown, hosts: readonly string[]): string | undefined {
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) return 'must be an array of URIs';
  if (value.length > maxRedirectUris) return `must have at most ${maxRedirectUris} members`;
  for (const each of value) {
    const fault = findOneRedirectFault(each, hosts);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function findOneRedirectFault(value: unknown, hosts: readonly string[]): string | undefined {
  const url = parseUri(value);
  if (!url) return 'must be absolute URIs of at most 2000 characters';
  const fault = findPartFault(url, value);
  if (fault !== undefined) return fault;
  if (isNativeRedirect(url.href)) return undefined;
  if (url.protocol !== 'https:') {
    return 'must use https, http on a loopback address, or a scheme such as com.example.app';
  }
  return isPermitted(url.hostname, hosts) ? undefined : 'must be on a permitted host';
}

function findPartFault(url: URL, text: unknown): string | undefined {
  if (typeof text === 'string' && text.includes('#')) return 'must not contain a fragment';
  if (typeof text === 'string' && text.includes('*')) return 'must not contain a wildcard';
  const hasCredentials = url.username !== '' || url.password !== '';
  return hasCredentials ? 'must not contain a user name or password' : undefined;
}

/** Parsers disagree about spaces, control characters and backslashes. */
function parseUri(value: unknown): URL | null {
  const isText = typeof value === 'string' && /^[\x21-\x5b\x5d-\x7e]+$/.test(value);
  return isText && value.length <= maxUriLength ? URL.parse(value) : null;
}

/** RFC 8252 §7.1: the scheme is a domain name of the developer in reverse order. */
function isPrivateUse({ protocol }: URL): boolean {
  return /^[a-z][a-z\d-]*(?:\.[a-z\d-]+)+:$/.test(protocol);
}

function isPermitted(host: string, hosts: readonly string[]): boolean {
  return hosts.length === 0 || hosts.some((each) => host === each || host.endsWith(`.${each}`));
}
