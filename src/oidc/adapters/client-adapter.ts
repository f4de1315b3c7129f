// Adapter for clients. Parsed clients are cached by their payload object (patches/overhead/kept-clients.ts),
// so the same object is returned until the client changes.
import type { Adapter, AdapterPayload } from 'oidc-provider';
import type { Client } from '#core/clients/clients.ts';
import { isStandardScope, splitScope } from '#core/clients/scopes.ts';
import type { Clients } from '#core/clients/clients.service.ts';
import { nativeSignInMember, nativeSsoMember } from '#core/clients/client-policies.ts';
import { tokenExchangeMembers } from '#oidc/token-exchange/exchange-policy.ts';
import { federatedCredentialsMember } from '#oidc/workloads/federated-credentials.ts';
import { adapterWith } from './adapter.ts';

/** Our own members of client metadata. Operators set them; dynamic registration cannot. */
export const customClientMembers = [
  'first_party',
  'profile',
  'resources',
  'theme',
  'require_pkce',
  'client_assertion_audience',
  'id_token_claims',
  'global_token_revocation_issuer',
  'dpop_nonce_required',
  nativeSignInMember,
  nativeSsoMember,
  ...tokenExchangeMembers,
  federatedCredentialsMember,
];

export interface ClientAdapterDependencies {
  readonly clients: Clients;
  readonly isUserScope: (scope: string) => boolean;
  /** Finds a client whose id is the URL of its metadata; `undefined` for all other ids. */
  readonly findDocument: (clientId: string) => Promise<Client | undefined> | undefined;
}

export function createClientAdapter(dependencies: ClientAdapterDependencies): Adapter {
  const { clients, isUserScope, findDocument } = dependencies;
  const payloads = new WeakMap<Client, AdapterPayload>();

  function payloadOf(client: Client): AdapterPayload {
    const known = payloads.get(client);
    if (known) return known;
    const payload = providerMetadata(client, isUserScope);
    payloads.set(client, payload);
    return payload;
  }

  return adapterWith({
    async find(clientId) {
      const client = await (findDocument(clientId) ?? clients.find(clientId));
      return client && payloadOf(client);
    },
  });
}

/**
 * The payload of a client. `client_secret` holds the hash of the secret and, after a space, that of
 * the previous one while it is valid; patches/client-secrets.ts compares them.
 */
export function providerMetadata(
  client: Client,
  isUserScope: (scope: string) => boolean = isStandardScope,
): AdapterPayload {
  // oidc-provider would compare the types with a list that it reads only once; oidc/authorization-details/
  // checks them instead.
  const { scope, authorization_details_types: _types, ...metadata } = client.metadata;
  const secrets = [client.secretHash ?? [], client.previousSecret?.hash ?? []].flat();
  // oidc-provider knows scopes about users only; scopes of APIs are checked per resource. An empty `scope`
  // would mean that the client is not limited.
  const known = ['openid', ...splitScope(scope).filter(isUserScope)];
  return {
    ...metadata,
    client_id: client.clientId,
    ...(client.secretHash === undefined ? {} : { client_secret: secrets.join(' ') }),
    ...(typeof scope === 'string' ? { scope: [...new Set(known)].join(' ') } : {}),
    first_party: client.firstParty,
    resources: [...client.resources],
  };
}
