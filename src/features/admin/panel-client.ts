// The OpenID client that the panel is: built in, first-party and public. It signs administrators in
// at our own provider and obtains a token for the management API (decision 0029).
import { managementScopes } from '#core/clients/scopes.ts';

export const panelClientId = 'ostiary-panel';

/** The path of the panel below the issuer. */
export const panelPath = '/auth/admin';

export const callbackPath = `${panelPath}/callback`;

export const panelScope = ['openid', ...managementScopes].join(' ');

/** Client metadata (RFC 7591) with our own members. */
export function panelClient(issuer: string) {
  return {
    client_id: panelClientId,
    client_name: 'Administration',
    application_type: 'web',
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code'],
    response_types: ['code'],
    redirect_uris: [`${issuer}${callbackPath}`],
    scope: panelScope,
    first_party: true,
  };
}
