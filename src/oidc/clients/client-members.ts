// The supported members of client metadata. A member written by an operator is either supported or refused by
// name: a stored misspelling would look like a working setting.
import { nearestName } from '#platform/edit-distance.ts';
import { AppError } from '#platform/errors.ts';
import { clientAuthMethods } from '#oidc/configuration.ts';
import { tlsMethods } from '#oidc/security/security-members.ts';
import { customClientMembers } from '#oidc/adapters/client-adapter.ts';

/** Members of RFC 7591 and its extensions that oidc-provider honors as configured here. */
export const providerClientMembers = [
  'application_type',
  'authorization_details_types',
  'authorization_encrypted_response_alg',
  'authorization_encrypted_response_enc',
  'authorization_signed_response_alg',
  'backchannel_authentication_request_signing_alg',
  'backchannel_client_notification_endpoint',
  'backchannel_logout_session_required',
  'backchannel_logout_uri',
  'backchannel_token_delivery_mode',
  'backchannel_user_code_parameter',
  'client_id',
  'client_id_issued_at',
  'client_name',
  'client_secret',
  'client_secret_expires_at',
  'client_uri',
  'contacts',
  'default_acr_values',
  'default_max_age',
  'dpop_bound_access_tokens',
  'grant_types',
  'id_token_encrypted_response_alg',
  'id_token_encrypted_response_enc',
  'id_token_signed_response_alg',
  'initiate_login_uri',
  'introspection_encrypted_response_alg',
  'introspection_encrypted_response_enc',
  'introspection_signed_response_alg',
  'jwks',
  'jwks_uri',
  'logo_uri',
  'policy_uri',
  'post_logout_redirect_uris',
  'redirect_uris',
  'request_object_signing_alg',
  'require_auth_time',
  'require_pushed_authorization_requests',
  'require_signed_request_object',
  'response_modes',
  'response_types',
  'scope',
  'sector_identifier_uri',
  'subject_type',
  'tls_client_auth_san_dns',
  'tls_client_auth_san_email',
  'tls_client_auth_san_ip',
  'tls_client_auth_san_uri',
  'tls_client_auth_subject_dn',
  'tls_client_certificate_bound_access_tokens',
  'token_endpoint_auth_method',
  'token_endpoint_auth_signing_alg',
  'tos_uri',
  'userinfo_encrypted_response_alg',
  'userinfo_encrypted_response_enc',
  'userinfo_signed_response_alg',
] as const;

/**
 * Members that a client may register itself. Operators decide which authorization details and APIs a client
 * may request.
 */
export const selfRegisteredMembers = providerClientMembers.filter(
  (member) => member !== 'authorization_details_types',
);

const knownMembers: readonly string[] = [...providerClientMembers, ...customClientMembers];

/**
 * Refuses metadata that would be stored but never honored.
 * @throws AppError `invalid_input` naming the member
 */
export function refuseUnsupportedMembers(metadata: Readonly<Record<string, unknown>>): void {
  const unknown = Object.keys(metadata).find((member) => !knownMembers.includes(member));
  if (unknown !== undefined) throw new AppError('invalid_input', describeUnknown(unknown));
  refuseUnlistedTypes(metadata['authorization_details_types']);
  refuseUnknownMethod(metadata['token_endpoint_auth_method']);
  refuseUnshownLogo(metadata['logo_uri']);
  for (const member of ['redirect_uris', 'post_logout_redirect_uris']) {
    if (hasWildcard(metadata[member])) {
      const message = `${member} are compared to the letter: a wildcard (*) matches nothing.`;
      throw new AppError('invalid_input', message);
    }
  }
}

function describeUnknown(member: string): string {
  const near = nearestName(member, knownMembers);
  const quoted = JSON.stringify(member.slice(0, 100));
  const hint = near === undefined ? '' : ` Did you mean ${near}?`;
  return `Client metadata member ${quoted} is not supported.${hint}`;
}

function refuseUnlistedTypes(types: unknown): void {
  if (types === undefined) return;
  if (Array.isArray(types) && types.every((type) => typeof type === 'string')) return;
  const message = 'authorization_details_types must be a list of type names.';
  throw new AppError('invalid_input', message);
}

function refuseUnknownMethod(method: unknown): void {
  const known: readonly unknown[] = [undefined, ...clientAuthMethods, ...tlsMethods];
  if (known.includes(method)) return;
  const methods = `${clientAuthMethods.slice(0, -1).join(', ')} or ${clientAuthMethods.at(-1)}`;
  throw new AppError('invalid_input', `token_endpoint_auth_method must be ${methods}.`);
}

/** The pages load images over https only, so another logo would be stored and never shown. */
function refuseUnshownLogo(logo: unknown): void {
  if (typeof logo !== 'string' || URL.parse(logo)?.protocol !== 'http:') return;
  throw new AppError(
    'invalid_input',
    'logo_uri must be an https URL: the pages show no other logo.',
  );
}

function hasWildcard(addresses: unknown): boolean {
  const list: unknown[] = Array.isArray(addresses) ? addresses : [];
  return list.some((address) => typeof address === 'string' && address.includes('*'));
}
