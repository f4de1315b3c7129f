// An audit event in JSON, for the management API and for webhooks.
import type { FoundAuditEvent } from './audit-search.store.ts';

/** As the management API and webhooks show an event. */
export function presentEvent(found: FoundAuditEvent) {
  const { salt: _, ...personal } = found.personal ?? {};
  return {
    id: found.id,
    at: found.at.toISOString(),
    event: found.event,
    actor: { kind: found.actorKind, id: found.actorId ?? null },
    user_id: found.userId ?? null,
    client_id: found.clientId ?? null,
    session_uid: found.sessionUid ?? null,
    request_id: found.requestId ?? null,
    details: found.details,
    personal: found.personal ? personal : null,
    seq: found.seq ?? null,
  };
}
