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

/**
 * The default API for a client credentials request that names scopes but no API (RFC 8707 §2): the
 * only API to which all the scopes belong. Any other request without an API gets a token for
 * userinfo.
 */
export function createDefaultResource({ clients }: Pick<ResourceDependencies, 'clients'>) {
  return async (
    { oidc }: KoaContextWithOIDC,
    client: { clientId: string } | undefined,
    oneOf?: readonly string[],
  ): Promise<string | undefined> => {
    if (oneOf?.[0] !== undefined) return oneOf[0];
    const grantType = oidc.params?.['grant_type'];
    const isForClient = grantType === 'client_credentials' || grantType === jwtBearerGrant;
    if (oidc.route !== 'token' || !isForClient) return undefined;
    const scopes = splitScope(oidc.params?.['scope']);
    const known = client && (await clients.find(client.clientId));
    if (!known || scopes.length === 0) return undefined;
    return (await clients.findResourceOf(known, scopes))?.audience;
  };
}
