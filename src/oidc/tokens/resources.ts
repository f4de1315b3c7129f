// Resource servers for oidc-provider (RFC 8707): audience, scopes, token format and lifetime.
import { errors, type KoaContextWithOIDC, type ResourceServer } from 'oidc-provider';
import { splitScope } from '#core/clients/scopes.ts';
import { jwtBearerGrant } from '#oidc/workloads/federated-credentials.ts';
import type { Clients } from '#core/clients/clients.service.ts';

export interface ResourceDependencies {
  readonly clients: Clients;
  readonly accessTokenSeconds: number;
}

export function createResourceServerInfo({ clients, accessTokenSeconds }: ResourceDependencies) {
  return async (
    _ctx: KoaContextWithOIDC,
    audience: string,
    { clientId }: { clientId: string },
  ): Promise<ResourceServer> => {
    const [resource, client] = await Promise.all([
      clients.findResource(audience),
      clients.find(clientId),
    ]);
    if (!resource || !client) throw new errors.InvalidTarget();
    const scopes = clients.scopesFor(client, resource);
    if (scopes.length === 0 && resource.scopes.length > 0) throw new errors.InvalidTarget();
    return {
      audience: resource.audience,
      scope: scopes.join(' '),
      accessTokenTTL: resource.accessTokenSeconds ?? accessTokenSeconds,
      accessTokenFormat: resource.accessTokenFormat,
      jwt: { sign: { alg: 'ES256' } },
    };
  };
}

/** Routes of requests to which a user responds. */
const routesOfUsers = ['authorization', 'pushed_authorization_request', 'device_authorization'];

/**
 * The default API for a request that names scopes but no API (RFC 8707 §2): the only API to which all the
 * scopes belong. With OpenID Connect, a request without an API gets a token for userinfo. Without a default,
 * the request is refused before the user signs in for nothing; the error does not reveal whether no API or
 * several have the scopes.
 * @throws InvalidTarget for a request that a user answers
 */
export function createDefaultResource({ clients }: Pick<ResourceDependencies, 'clients'>) {
  return async (
    { oidc }: KoaContextWithOIDC,
    client: { clientId: string } | undefined,
    oneOf?: readonly string[],
  ): Promise<string | undefined> => {
    if (oneOf?.[0] !== undefined) return oneOf[0];
    const scopes = scopesWithoutResource(oidc);
    if (scopes.length === 0) return undefined;
    const known = client && (await clients.find(client.clientId));
    const found = known && (await clients.findResourceOf(known, scopes));
    if (!found && isForApiOnly(oidc)) throw new errors.InvalidTarget(ambiguous);
    return found?.audience;
  };
}

const ambiguous = 'the scopes are not those of exactly one API; name it with resource';

/** False if claims about the user remain once the scopes of APIs are removed. */
function isForApiOnly({ route, requestParamOIDCScopes }: KoaContextWithOIDC['oidc']): boolean {
  const own = [...requestParamOIDCScopes].filter((scope) => scope !== 'offline_access');
  return routesOfUsers.includes(route) && own.length === 0;
}

/** The requested scopes that an API could define; none if the request is not for an API. */
function scopesWithoutResource({ route, params }: KoaContextWithOIDC['oidc']): readonly string[] {
  const scopes = splitScope(params?.['scope']);
  if (routesOfUsers.includes(route)) {
    return scopes.includes('openid') ? [] : scopes.filter((each) => each !== 'offline_access');
  }
  const grantType = params?.['grant_type'];
  const isForClient = grantType === 'client_credentials' || grantType === jwtBearerGrant;
  return route === 'token' && isForClient ? scopes : [];
}
