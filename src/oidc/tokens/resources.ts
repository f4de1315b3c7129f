// APIs as the engine sees them (RFC 8707): audience, scopes, token format and lifetime.
import { errors, type KoaContextWithOIDC, type ResourceServer } from 'oidc-provider';
import type { Clients } from '#services/clients/clients.ts';

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
