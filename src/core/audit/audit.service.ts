// Records security events in the transaction of the operation. Appending takes no lock and waits
// for no other writer: the chain over the rows is computed a moment later
// (core/audit/chain/audit-chain.service.ts).
import type { Knex } from 'knex';
import { personalText } from './chain/audit-chain.ts';
import type { AuditEntry } from './audit.ts';
import { randomToken, sha256 } from '#platform/crypto/hashing.ts';
import { timeOrderedUuid } from '#platform/crypto/ids.ts';
import type { Log } from '#platform/logging/log.ts';
import { noteLogSubject } from '#platform/logging/log-scope.ts';
import type { RequestOrigin, RequestOriginSlot } from '#platform/request/request-origin.ts';
import type { AuditEventStore, AuditRecord } from './audit-events.store.ts';

export interface AuditDependencies {
  readonly events: AuditEventStore;
  readonly origin: RequestOriginSlot;
  readonly log: Log;
  readonly now: () => Date;
}

export function createAudit({ events, origin, log, now }: AuditDependencies) {
  /** The row of an event, for statements that write it together with the operation. */
  function record(entry: AuditEntry): AuditRecord {
    const from = origin.get();
    const at = now();
    noteInLog(log, entry);
    const personal = personalPart({
      address: from?.address,
      device: from?.device,
      ...entry.personal,
    });
    return {
      id: timeOrderedUuid(at),
      at,
      event: entry.event,
      actorKind: entry.actor.kind,
      actorId: entry.actor.id,
      userId: entry.userId,
      clientId: entry.clientId,
      sessionUid: entry.sessionUid,
      requestId: from?.requestId || undefined,
      details: {
        ...(from?.reason === undefined ? {} : { reason: from.reason }),
        ...impersonatorOf(from, entry),
        ...entry.details,
      },
      personal,
      personalDigest: personal && personalDigest(personal),
    };
  }

  return {
    record,
    async append(entry: AuditEntry, tx?: Knex): Promise<AuditRecord> {
      const written = record(entry);
      await events.append(written, tx);
      return written;
    },
  };
}

export type Audit = ReturnType<typeof createAudit>;

/** Logged for debugging only; the audit log is the evidence. */
function noteInLog(log: Log, { event, userId, clientId }: AuditEntry): void {
  noteLogSubject({ userId, clientId });
  log.debug({ event: 'audit.recorded', name: event, userId, clientId }, 'an event is recorded');
}

/** The administrator who acts as the user named by the event. */
function impersonatorOf(
  from: RequestOrigin | undefined,
  { actor, userId }: AuditEntry,
): { readonly impersonator?: string } {
  const by = from?.impersonation;
  if (by === undefined || ![actor.id, userId].includes(by.userId)) return {};
  return { impersonator: by.administratorId };
}

/** The salt prevents guessing the data from the digest after erasure. */
function personalPart(
  values: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, unknown>> | undefined {
  const present = Object.entries(values).filter(([, value]) => value !== undefined && value !== '');
  if (present.length === 0) return undefined;
  return { ...Object.fromEntries(present), salt: randomToken(16) };
}

/** Represents the personal data in the chain. */
export function personalDigest(personal: Readonly<Record<string, unknown>>): Buffer {
  return sha256(personalText(personal));
}
