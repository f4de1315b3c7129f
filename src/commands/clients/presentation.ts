// An app as commands print one: its RFC 7591 metadata and what operators have set.
import type { Client } from '#domain/clients.ts';

export function presentClient(client: Client) {
  return {
    client_id: client.clientId,
    ...client.metadata,
    first_party: client.firstParty,
    resources: client.resources,
    disabled_at: client.disabledAt?.toISOString() ?? null,
    created_at: client.createdAt.toISOString(),
    updated_at: client.updatedAt.toISOString(),
  };
}
