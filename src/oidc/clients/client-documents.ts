// Clients whose id is the URL of their metadata (draft-ietf-oauth-client-id-metadata-document). They
// are stored like others; this file connects oidc-provider's lookup with the service that fetches
// them, at the start of an authorization only.
import { errors } from 'oidc-provider';
import type { Client, NewClient } from '#core/clients/clients.ts';
import { isAppError } from '#platform/errors.ts';
import { currentRoute, providerContext } from '#oidc/provider-context.ts';
import { endsAccess } from './client-changes.ts';
import { selfRegisteredMembers } from './client-members.ts';
import { validateClient } from './client-registration.ts';

export interface ClientDocuments {
  /** True for an id that this server accepts as the URL of a metadata document. */
  isDocumentId(clientId: string): boolean;
  /**
   * The client, fetched if it is new or its document stale; `undefined` if it is blocked.
   * @throws AppError `invalid_input` if the document is missing or refused
   */
  resolve(clientId: string, rules: DocumentRules): Promise<Client | undefined>;
}

export interface DocumentRules {
  readonly members: readonly string[];
  validate(client: NewClient): Promise<Client>;
  endsAccess(before: Client, after: Pick<Client, 'metadata' | 'firstParty'>): boolean;
}

/**
 * oidc-provider does not verify `sector_identifier_uri` for a client that it merely loads, so such a client
 * could choose another client's sector.
 */
const members = selfRegisteredMembers.filter((member) => member !== 'sector_identifier_uri');

/** The routes on which an unknown client can appear. On all others, only stored clients are used. */
const fetchingRoutes: readonly unknown[] = ['authorization', 'pushed_authorization_request'];

export function createDocumentLookup(documents: ClientDocuments) {
  return (clientId: string): Promise<Client | undefined> | undefined => {
    const isNew = fetchingRoutes.includes(currentRoute()) && documents.isDocumentId(clientId);
    return isNew ? resolve(documents, clientId) : undefined;
  };
}

async function resolve(documents: ClientDocuments, clientId: string) {
  const provider = providerContext()?.oidc.provider;
  if (!provider) throw new TypeError('a client document is fetched only within a request');
  try {
    return await documents.resolve(clientId, {
      members,
      validate: (client) => validateClient(provider, client),
      endsAccess,
    });
  } catch (error) {
    if (!isAppError(error, 'invalid_input')) throw error;
    throw new errors.InvalidClient(error.message.replace(/\.$/, ''));
  }
}
