// Parses the request with which an app exchanges a device secret (OpenID Connect Native SSO 1.0 §4.1), a form
// of token exchange.
import { errors } from 'oidc-provider';
import { splitScope } from '#core/clients/scopes.ts';
import type { ExchangeParameters } from '#oidc/token-exchange/exchange-request.ts';

export const idTokenType = 'urn:ietf:params:oauth:token-type:id_token';
const deviceSecretType = 'urn:openid:params:token-type:device-secret';

export interface SsoRequest {
  readonly idToken: string;
  readonly deviceSecret: string;
  readonly scopes: readonly string[];
  readonly resource: string | undefined;
}

/** @throws errors.InvalidRequest or errors.InvalidTarget */
export function readSsoRequest(params: ExchangeParameters, issuer: string): SsoRequest {
  const { subject_token: idToken, actor_token: deviceSecret, requested_token_type: type } = params;
  if (typeof idToken !== 'string' || typeof deviceSecret !== 'string') {
    throw new errors.InvalidRequest('subject_token and actor_token are required');
  }
  if (params.actor_token_type !== deviceSecretType) {
    throw new errors.InvalidRequest(`actor_token_type must be ${deviceSecretType}`);
  }
  if (type !== undefined) throw new errors.InvalidRequest('requested_token_type is not supported');
  if (params.audience !== undefined && params.audience !== issuer) {
    throw new errors.InvalidTarget('audience must be the issuer');
  }
  const { resource } = params;
  if (resource !== undefined && typeof resource !== 'string') {
    throw new errors.InvalidTarget('only one resource may be requested');
  }
  // Without offline_access, because the tokens end with the session.
  const scopes = splitScope(params.scope ?? 'openid').filter((scope) => scope !== 'offline_access');
  return { idToken, deviceSecret, scopes, resource };
}
