// Mapping of audit rows, shared by sealing, verification, search and export.
import type { AuditRow, SealedRow } from './audit-chain.ts';

export interface AuditRowColumns {
  id: string;
  at: string;
  event: string;
  actor_kind: string;
  actor_id: string | null;
  user_id: string | null;
  client_id: string | null;
  session_uid: string | null;
  request_id: string | null;
  details: unknown;
  personal: Record<string, unknown> | null;
  personal_digest: Buffer | null;
}

export interface SealedRowColumns extends AuditRowColumns {
  seq: string;
  previous_hash: Buffer | null;
  hash: Buffer | null;
}

/**
 * Select list for `audit_events e`. The time is text, because a `Date` would lose the microseconds.
 */
export const auditRowColumns = `e.id,
  to_char(e.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at, e.event, e.actor_kind,
  e.actor_id, e.user_id, e.client_id, e.session_uid, e.request_id, e.details, e.personal,
  e.personal_digest`;

export const sealedRowColumns = `${auditRowColumns}, e.seq, e.previous_hash, e.hash`;

export function auditRowFrom(row: AuditRowColumns): AuditRow {
  return {
    id: row.id,
    at: row.at,
    event: row.event,
    actorKind: row.actor_kind,
    actorId: row.actor_id,
    userId: row.user_id,
    clientId: row.client_id,
    sessionUid: row.session_uid,
    requestId: row.request_id,
    details: row.details,
    personal: row.personal,
    personalDigest: row.personal_digest,
  };
}

export function sealedRowFrom(row: SealedRowColumns): SealedRow {
  return {
    ...auditRowFrom(row),
    seq: Number(row.seq),
    previousHash: row.previous_hash,
    hash: row.hash,
  };
}
