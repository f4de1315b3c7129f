// Clients for the engine. The engine keeps what it parsed by a digest of what we answer, so the
// answer is the same object text until the client changes.
import type { Adapter, AdapterPayload } from 'oidc-provider';
import type { Client } from '#core/clients/clients.ts';
import { isStandardScope, splitScope } from '#core/clients/scopes.ts';
import type { Clients } from '#core/clients/clients.service.ts';
import { adapterWith } from './adapter.ts';

/** Members of ours that the engine carries along; operators set them, never a registration. */
export const ownClientMembers = [
  'first_party',
  'resources',
  'theme',
  'require_pkce',
  'client_assertion_audience',
  'id_token_claims',
  'global_token_revocation_issuer',
];

export interface ClientAdapterDependencies {
  readonly clients: Clients;
  readonly isPersonScope: (scope: string) => boolean;
}

export function createClientAdapter(dependencies: ClientAdapterDependencies): Adapter {
  const { clients, isPersonScope } = dependencies;
  return adapterWith({
    async find(clientId) {
      const client = await clients.find(clientId);
      return client && engineMetadata(client, isPersonScope);
    },
  });
}

/** The client as the engine is told. In place of the secret stands its hash (see oidc/provider.ts). */
export function engineMetadata(
  client: Client,
  isPersonScope: (scope: string) => boolean = isStandardScope,
): AdapterPayload {
  const { scope, ...metadata } = client.metadata;
  // The engine knows scopes about users only; those of APIs are judged per resource. An empty scope
  // would mean to the engine that nothing limits the client.
  const known = ['openid', ...splitScope(scope).filter(isPersonScope)];
  return {
    ...metadata,
    client_id: client.clientId,
    ...(client.secretHash === undefined ? {} : { client_secret: client.secretHash }),
    ...(typeof scope === 'string' ? { scope: [...new Set(known)].join(' ') } : {}),
    first_party: client.firstParty,
    resources: [...client.resources],
  };
}
