// The outbox worker of one server process, with a clock that the test advances.
import { randomUUID } from 'node:crypto';
import { createKeyring } from '#platform/crypto/encryption.ts';
import type { Database } from '#platform/database/postgres.ts';
import { createRequestOrigin } from '#platform/request/request-origin.ts';
import { createAudit } from '#core/audit/audit.service.ts';
import { createOutboxWorker, type JobRegistration } from '#core/outbox/worker.service.ts';
import { createOutboxLog } from '#core/outbox/attempts.service.ts';
import { createDeliveryCounter } from '#core/outbox/metrics/outbox-metrics.service.ts';
import { noMetrics } from '#platform/metrics/metrics.ts';
import { createObservation } from '#platform/observation/observation.ts';
import type { MailOrder } from '#core/outbox/mail/mail.ts';
import { createOutbox, type LogoutOrder } from '#core/outbox/outbox.service.ts';
import { createAuditEventStore } from '#core/audit/audit-events.store.ts';
import { createOutboxStore } from '#core/outbox/outbox.store.ts';
import { noon } from './builders.ts';
import { createTestLog } from '#test/support/services/databases.ts';
import { blockedMail } from '#core/revocation/mails/revocation-mail-templates.ts';

const keyring = createKeyring([{ id: 'test', key: Buffer.alloc(32, 7) }]);

export function aNode(
  db: Database,
  clock = { now: noon },
  handlers: readonly JobRegistration[] = [],
) {
  const now = () => clock.now;
  const store = createOutboxStore(db);
  const outbox = createOutbox({ store, keyring, now });
  const log = createTestLog();
  const events = createAuditEventStore(db);
  const audit = createAudit({ events, origin: createRequestOrigin(), log, now });
  const record = createOutboxLog({
    db,
    store,
    audit,
    deliveries: createDeliveryCounter(noMetrics),
    log,
    now,
    chance: () => 0.5,
  });
  const observation = createObservation();
  const failures: unknown[] = [];
  observation.runGroupsWith((_group, work) => work((error) => void failures.push(error)));
  return {
    clock,
    store,
    outbox,
    outboxWorker: createOutboxWorker({ store, outbox, record, observation, log, now, handlers }),
    /** Errors that the traces of this node show. */
    failures,
  };
}

export function aLogout(clientId = `app-${randomUUID()}`): LogoutOrder {
  return { kind: 'backchannel_logout', userId: randomUUID(), clientId, sid: 'sid' };
}

export function aMail(to = 'ann@example.com'): MailOrder {
  const userId = randomUUID();
  return { kind: 'mail', userId, to, locale: 'en', ...blockedMail() };
}
