// Checks whether clients that are not blocked violate their profiles, as `client check` lists in detail.
import type { Database } from '#platform/database/postgres.ts';
import { createClientSearchStore } from '#core/clients/administration/client-search.store.ts';
import type { Client } from '#core/clients/clients.ts';
import { searchByViolations } from '#core/clients/profiles/violating-clients.service.ts';
import { findViolations } from '#core/clients/profiles/violations.ts';
import { inspectSafely, type Finding } from './findings.ts';

/** Keeps the message on one line. */
const maxNamed = 5;

export function inspectClients(db: Database): Promise<Finding> {
  const check = 'clients';
  return inspectSafely(check, async () => {
    const found = await searchByViolations(
      createClientSearchStore(db),
      { isViolating: true, isBlocked: false },
      { after: undefined, limit: maxNamed },
    );
    if (found.items.length === 0) {
      return { check, state: 'ok', message: 'No client violates its profile.' };
    }
    const more = found.next ? ' and others' : '';
    return {
      check,
      state: 'warn',
      message: `Clients violate their profiles: ${found.items.map(describe).join(', ')}${more}.`,
      next: 'Run ostiary client check, which explains each violation and how to fix it.',
    };
  });
}

/** For example: my-app (require_pkce, redirect_uris). */
function describe({ clientId, metadata }: Client): string {
  const members = findViolations(metadata).map(({ member }) => member);
  return `${clientId} (${[...new Set(members)].join(', ')})`;
}
