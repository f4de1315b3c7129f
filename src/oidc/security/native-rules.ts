// Which clients may sign users in without a browser (draft-ietf-oauth-first-party-apps §3): apps of the
// operator, whose requests and tokens are bound to a key of the installation.
import { nativeSignInMember, type ClientMetadata } from '#core/clients/client-policies.ts';

/** What such a client must be registered with. */
const required = {
  profile: 'native',
  first_party: true,
  dpop_bound_access_tokens: true,
} as const;

/** Such a client sends its parameters without a signature and in one request. */
const excluded = [
  'require_pushed_authorization_requests',
  'require_signed_request_object',
] as const;

export function faultInNativeSignIn(value: unknown, client: ClientMetadata): string | undefined {
  if (typeof value !== 'boolean') return `${nativeSignInMember} must be true or false`;
  if (!value) return undefined;
  const missing = Object.entries(required).find(([member, wanted]) => client[member] !== wanted);
  if (missing) {
    const [member, wanted] = missing;
    return `${nativeSignInMember} requires ${member} to be ${JSON.stringify(wanted)}`;
  }
  const contradiction = excluded.find((member) => client[member]);
  if (contradiction) return `${nativeSignInMember} contradicts ${contradiction}`;
  const { redirect_uris: redirectUris } = client;
  return Array.isArray(redirectUris) && redirectUris.length > 0
    ? undefined
    : `${nativeSignInMember} requires a redirect URI, for what only a browser can do`;
}
