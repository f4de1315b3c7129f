// Messages to clients and users that must be sent even if the process or the receiver fails.
import type { Module } from '#core/modules/module.ts';
import type { Runtime } from '#core/modules/runtime.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { ClientStore } from '#core/clients/clients.store.ts';
import type { UserStore } from '#core/users/users.store.ts';
import { createOutboxLog } from './attempts.service.ts';
import { createDeadLetters } from './dead-letters.service.ts';
import { createNotifications } from './notifications.service.ts';
import { createBacklogStore } from './metrics/outbox-backlog.store.ts';
import { createOutboxListStore } from './outbox-list.store.ts';
import { collectBacklog, createDeliveryCounter } from './metrics/outbox-metrics.service.ts';
import { outboxTables } from './outbox-tables.store.ts';
import { createOutbox } from './outbox.service.ts';
import { createOutboxStore } from './outbox.store.ts';
import { createOutboxWorker } from './worker.service.ts';

export const outboxModule: Module = { name: 'outbox', tables: outboxTables, mails: [] };

export interface OutboxModuleDependencies extends Runtime {
  readonly audit: Audit;
  readonly clientStore: ClientStore;
  readonly users: UserStore;
}

export function createOutboxModule(dependencies: OutboxModuleDependencies) {
  const { audit, clientStore: clients, users, db, keyring, log, metrics, now } = dependencies;
  const { requestOrigin } = dependencies;
  const store = createOutboxStore(db);
  const outbox = createOutbox({ store, keyring, now });
  const deliveries = createDeliveryCounter(metrics);
  const chance = Math.random;
  const record = createOutboxLog({ db, store, audit, deliveries, log, now, chance });
  const backlog = createBacklogStore(db);
  collectBacklog(metrics, () => backlog.read(now()));
  return {
    outbox,
    outboxWorker: createOutboxWorker({ ...dependencies, store, outbox, record }),
    deadLetters: createDeadLetters({ db, items: createOutboxListStore(db), audit, now }),
    notifications: createNotifications({ outbox, clients, users, requestOrigin }),
  };
}
