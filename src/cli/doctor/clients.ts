// Checks whether registered clients follow the security best current practice (RFC 9700).
import type { Database } from '#platform/database/postgres.ts';
import { createClientStore } from '#core/clients/clients.store.ts';
import { inspectSafely, type Finding } from './findings.ts';

/** Keeps the message on one line. */
const maxNamed = 5;

export function inspectClients(db: Database): Promise<Finding> {
  const check = 'clients';
  return inspectSafely(check, async () => {
    const found = await createClientStore(db).listWithoutPkce(maxNamed + 1);
    if (found.length === 0) {
      return { check, state: 'ok', message: 'Every client is required to use PKCE or a nonce.' };
    }
    const names = found.slice(0, maxNamed).join(', ');
    const more = found.length > maxNamed ? ' and others' : '';
    return {
      check,
      state: 'warn',
      message: `Neither PKCE nor a nonce is required of ${names}${more} (RFC 9700 section 2.1.1).`,
      next: 'Make the client send PKCE or a nonce, and register it without "require_pkce": "off".',
    };
  });
}
