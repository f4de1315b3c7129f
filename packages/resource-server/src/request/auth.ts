// The claims of a valid token, as JavaScript types.
import { isObject } from '../provider/http-client.ts';
import type { Claims } from '../token/introspection.ts';
import type { Auth } from '../types.ts';

export function readAuth(claims: Claims): Auth {
  const { sub, client_id: clientId, scope, exp, acr, auth_time: authTime, act } = claims;
  const scopes = typeof scope === 'string' ? scope.split(' ').filter((name) => name !== '') : [];
  return {
    subject: textOf(sub) ?? textOf(clientId) ?? '',
    clientId: textOf(clientId) ?? '',
    scopes: new Set(scopes),
    expiresAt: new Date(Number(exp) * 1000),
    acr: textOf(acr),
    authenticatedAt: typeof authTime === 'number' ? new Date(authTime * 1000) : undefined,
    actor: isObject(act) ? act : undefined,
    claims,
  };
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
