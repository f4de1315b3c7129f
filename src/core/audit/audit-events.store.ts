// Rows of the audit log. Rows are only added: sealing sets the columns of the chain once, erasure
// clears the personal column, and nothing else changes a row.
import type { Knex } from 'knex';
import type { ActorKind, AuditEvent } from './audit.ts';
import type { Database, Statement } from '#platform/database/postgres.ts';

export interface AuditRecord {
  readonly id: string;
  readonly at: Date;
  readonly event: AuditEvent;
  readonly actorKind: ActorKind;
  readonly actorId: string | undefined;
  readonly userId: string | undefined;
  readonly clientId: string | undefined;
  readonly sessionUid: string | undefined;
  readonly requestId: string | undefined;
  readonly details: Readonly<Record<string, unknown>>;
  readonly personal: Readonly<Record<string, unknown>> | undefined;
  readonly personalDigest: Buffer | undefined;
}

export const auditColumns = `id, at, event, actor_kind, actor_id, user_id, client_id, session_uid,
  request_id, details, personal, personal_digest`;

const append: Statement = {
  name: 'audit_append',
  text: `
    insert into audit_events (${auditColumns})
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
};

// Events of which the user is the actor or the subject: both contain addresses and devices.
const erase: Statement = {
  name: 'audit_erase_personal',
  text: `
    update audit_events
       set personal = null
     where id in (
       select id
         from audit_events
        where personal is not null
          and (user_id = $1
               or (actor_kind = 'user' and actor_id = $2 and user_id::text is distinct from actor_id))
        limit $3
     )`,
};

/** Rows per statement, so that each stays well below the statement timeout. */
const erasedTogether = 2000;

export function createAuditEventStore(db: Database) {
  return {
    async append(record: AuditRecord, tx: Knex = db.knex): Promise<void> {
      await db.run(append, auditValues(record), tx);
    },
    /**
     * Permanently clears the personal data of a user. The chain stays valid, because the digest of
     * the data remains. Returns the number of affected events.
     */
    async erasePersonal(userId: string, tx: Knex): Promise<number> {
      let total = 0;
      for (;;) {
        const { rowCount } = await db.run(erase, [userId, userId, erasedTogether], tx);
        total += rowCount;
        if (rowCount < erasedTogether) return total;
      }
    },
  };
}

export type AuditEventStore = ReturnType<typeof createAuditEventStore>;

/** `$n` for each of `auditColumns`, for statements that also write an event. */
export function auditPlaceholders(from: number): string {
  const types = ['uuid', 'timestamptz', 'text', 'text', 'text', 'uuid', 'text', 'text', 'text'];
  const all = [...types, 'jsonb', 'jsonb', 'bytea'];
  return all.map((type, position) => `$${from + position}::${type}`).join(', ');
}

/** In the order of `auditColumns`. */
export function auditValues(record: AuditRecord): unknown[] {
  return [
    record.id,
    record.at,
    record.event,
    record.actorKind,
    record.actorId ?? null,
    record.userId ?? null,
    record.clientId ?? null,
    record.sessionUid ?? null,
    record.requestId ?? null,
    JSON.stringify(record.details),
    record.personal ? JSON.stringify(record.personal) : null,
    record.personalDigest ?? null,
  ];
}
