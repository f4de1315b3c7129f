// Decides which clients may sign users in without a browser (draft-ietf-oauth-first-party-apps §3) and share
// a sign-in (OpenID Connect Native SSO 1.0): apps of the operator with sender-constrained tokens.
import {
  nativeSignInMember,
  nativeSsoMember,
  type ClientMetadata,
} from '#core/clients/client-policies.ts';

const groupForm = /^[\w.-]{1,64}$/;

/** The members that such a client must have. */
const required = {
  profile: 'native',
  first_party: true,
  dpop_bound_access_tokens: true,
} as const;

/** Not permitted, because such a client sends unsigned parameters in a single request. */
const excluded = [
  'require_pushed_authorization_requests',
  'require_signed_request_object',
] as const;

export function faultInNativeSignIn(value: unknown, client: ClientMetadata): string | undefined {
  if (typeof value !== 'boolean') return `${nativeSignInMember} must be true or false`;
  if (!value) return undefined;
  const contradiction = excluded.find((member) => client[member]);
  if (contradiction) return `${nativeSignInMember} contradicts ${contradiction}`;
  const fault = faultInApp(nativeSignInMember, client);
  if (fault !== undefined) return fault;
  const { redirect_uris: redirectUris } = client;
  return Array.isArray(redirectUris) && redirectUris.length > 0
    ? undefined
    : `${nativeSignInMember} requires a redirect URI, for what only a browser can do`;
}

/** Apps of one group share a sign-in, so each must be trusted as much as the others. */
export function faultInNativeSso(value: unknown, client: ClientMetadata): string | undefined {
  if (typeof value !== 'string' || !groupForm.test(value)) {
    return `${nativeSsoMember} must be a name of up to 64 letters, digits, ".", "_" and "-"`;
  }
  return faultInApp(nativeSsoMember, client);
}

function faultInApp(member: string, client: ClientMetadata): string | undefined {
  const missing = Object.entries(required).find(([name, wanted]) => client[name] !== wanted);
  if (!missing) return undefined;
  const [name, wanted] = missing;
  return `${member} requires ${name} to be ${JSON.stringify(wanted)}`;
}
