// An app as commands print one: its RFC 7591 metadata and what operators have set.
import { violationsOf } from '#core/clients/client-policies.ts';
import type { Client } from '#core/clients/clients.ts';

export function presentClient(client: Client) {
  return {
    client_id: client.clientId,
    ...client.metadata,
    first_party: client.firstParty,
    resources: client.resources,
    disabled_at: client.disabledAt?.toISOString() ?? null,
    created_at: client.createdAt.toISOString(),
    updated_at: client.updatedAt.toISOString(),
    violations: violationsOf(client.metadata),
  };
}

/** What an operator should know of the client beside its values; empty when there is nothing. */
export function describeViolations({ metadata }: Client): string {
  const lines = violationsOf(metadata).map(
    ({ member, rule, message }) => `Violation of ${rule} (${member}): ${message}\n`,
  );
  return lines.length === 0 ? '' : `\n${lines.join('')}`;
}
