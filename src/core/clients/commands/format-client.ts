// Prints a client: its RFC 7591 metadata and the values set by operators.
import { findViolations } from '#core/clients/profiles/violations.ts';
import type { Client } from '#core/clients/clients.ts';

export function presentClient(client: Client) {
  return {
    client_id: client.clientId,
    ...client.metadata,
    first_party: client.firstParty,
    resources: client.resources,
    origin: client.origin ?? ('operator' as const),
    disabled_at: client.disabledAt?.toISOString() ?? null,
    created_at: client.createdAt.toISOString(),
    updated_at: client.updatedAt.toISOString(),
    violations: findViolations(client.metadata),
  };
}

/** Violations of recommendations, one per line; empty when there are none. */
export function describeViolations({ metadata }: Client): string {
  const lines = findViolations(metadata).map(
    ({ member, rule, severity, message, remedy }) =>
      `${severity === 'error' ? 'Violation of' : 'Warning,'} ${rule} (${member}): ${message} ${remedy}\n`,
  );
  return lines.length === 0 ? '' : `\n${lines.join('')}`;
}
