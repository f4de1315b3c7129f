// JWT access tokens (RFC 9068) that were revoked individually, kept until they expire.
import { sha256 } from '#platform/crypto/hashing.ts';
import type { Database, Statement } from '#platform/database/postgres.ts';
import {
  auditColumns,
  auditPlaceholders,
  auditValues,
  type AuditRecord,
} from '#core/audit/audit-events.store.ts';

const add: Statement = {
  name: 'revoked_token_add',
  text: `
    with revoked as (
      insert into revoked_tokens (jti_hash, expires_at)
      values ($1, $2)
      on conflict (jti_hash) do nothing
      returning 1
    )
    insert into audit_events (${auditColumns})
    select ${auditPlaceholders(3)} from revoked`,
};

const find: Statement = {
  name: 'revoked_token_find',
  text: 'select 1 from revoked_tokens where jti_hash = $1',
  isUrgent: true,
};

export function createRevokedTokenStore(db: Database) {
  return {
    /** Recorded once, however often the same token is revoked. */
    async add(jti: string, expiresAt: Date, entry: AuditRecord): Promise<void> {
      await db.run(add, [sha256(jti), expiresAt, ...auditValues(entry)]);
    },
    async has(jti: string): Promise<boolean> {
      return (await db.run(find, [sha256(jti)])).rowCount === 1;
    },
  };
}

export type RevokedTokenStore = ReturnType<typeof createRevokedTokenStore>;
