// Validates the members of client metadata that oidc-provider does not know. It calls the validator
// once per member, both at registration and whenever it loads a client.
import { errors } from 'oidc-provider';
import {
  memberRequiringIssuer,
  memberRequiringPkce,
  nativeSignInMember,
  nativeSsoMember,
} from '#core/clients/client-policies.ts';
import { findBackchannelFault } from './backchannel-rules.ts';
import { isLoopbackRedirectHost } from '#platform/outbound/networks.ts';
import { faultInNativeSignIn, faultInNativeSso } from '#oidc/security/native-rules.ts';
import { nonceMember } from '#oidc/security/dpop-nonces.ts';
import { profileNames } from '#core/clients/profiles/client-profiles.ts';
import {
  faultInExchangeMember,
  tokenExchangeMembers,
} from '#oidc/token-exchange/exchange-policy.ts';
import {
  faultInCredentials,
  federatedCredentialsMember,
} from '#oidc/workloads/federated-credentials.ts';
import { readTheme } from '#core/clients/client-theme.ts';

type Metadata = Readonly<Record<string, unknown>>;

export function checkClient(_ctx: unknown, member: string, value: unknown, client: Metadata): void {
  const fault = faultIn(member, value, client);
  if (fault !== undefined) throw new errors.InvalidClientMetadata(fault);
}

function faultIn(member: string, value: unknown, client: Metadata): string | undefined {
  if (member === 'first_party') return findFault(client);
  const exchangeMember = tokenExchangeMembers.find((each) => each === member);
  if (exchangeMember) return faultInExchangeMember(exchangeMember, value, client);
  if (member === federatedCredentialsMember) return faultInCredentials(value, client);
  if (value === undefined) return undefined;
  return checksByMember.get(member)?.(value, client);
}

type Check = (value: unknown, client: Metadata) => string | undefined;

const checksByMember: ReadonlyMap<string, Check> = new Map<string, Check>([
  ['profile', (value) => faultInChoice('profile', value, profileNames)],
  ['theme', faultInTheme],
  ['require_pkce', faultInRequirePkce],
  ['client_assertion_audience', faultInAssertionAudience],
  [nonceMember, faultInNonceRequirement],
  [nativeSignInMember, faultInNativeSignIn],
  [nativeSsoMember, faultInNativeSso],
  ['id_token_claims', (value) => faultInChoice('id_token_claims', value, ['minimal', 'all'])],
  [
    'global_token_revocation_issuer',
    (value) =>
      typeof value === 'string' && value !== ''
        ? undefined
        : 'global_token_revocation_issuer must be a non-empty string',
  ],
]);

function faultInTheme(value: unknown): string | undefined {
  const read = readTheme(value);
  return read.ok ? undefined : read.fault;
}

function faultInRequirePkce(value: unknown, client: Metadata): string | undefined {
  const fault = faultInChoice('require_pkce', value, [true, false, 'off']);
  if (fault !== undefined || value === true) return fault;
  const member = memberRequiringPkce(client);
  return member === undefined ? undefined : `require_pkce must be true because of ${member}`;
}

function faultInAssertionAudience(value: unknown, client: Metadata): string | undefined {
  const member = 'client_assertion_audience';
  const fault = faultInChoice(member, value, ['issuer', 'issuer_or_token_endpoint']);
  if (fault !== undefined || value === 'issuer') return fault;
  const cause = memberRequiringIssuer(client);
  return cause === undefined ? undefined : `${member} must be "issuer" because of ${cause}`;
}

function faultInNonceRequirement(value: unknown, client: Metadata): string | undefined {
  const fault = faultInChoice(nonceMember, value, [true, false]);
  if (fault !== undefined || value === false) return fault;
  return client['dpop_bound_access_tokens'] === true
    ? undefined
    : `${nonceMember} requires dpop_bound_access_tokens`;
}

function faultInChoice(
  member: string,
  value: unknown,
  choices: readonly unknown[],
): string | undefined {
  if (choices.includes(value)) return undefined;
  return `${member} must be ${choices.map((choice) => JSON.stringify(choice)).join(' or ')}`;
}

function findFault(client: Metadata): string | undefined {
  const {
    grant_types: grants,
    token_endpoint_auth_method: method,
    redirect_uris: redirectUris,
  } = client;
  const fault = findBackchannelFault(client);
  if (fault !== undefined) return fault;
  // A public client cannot prove its identity, so RFC 6749 §4.4 allows only confidential clients.
  if (method === 'none' && Array.isArray(grants) && grants.includes('client_credentials')) {
    return 'client_credentials requires a confidential client';
  }
  const addresses: unknown[] = Array.isArray(redirectUris) ? redirectUris : [];
  return addresses.some(isUnencrypted)
    ? 'redirect_uris must use https, or http on the loopback interface only'
    : undefined;
}

/** A code sent over plain HTTP can be intercepted and used by an attacker (RFC 9700 §2.6). */
function isUnencrypted(address: unknown): boolean {
  const url = typeof address === 'string' ? URL.parse(address) : null;
  return url?.protocol === 'http:' && !isLoopbackRedirectHost(url.hostname);
}
