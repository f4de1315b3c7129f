// Whether user, client, grant and session of a request are active, and the invalidation of caches.
import type { Module } from '#core/modules/module.ts';
import type { Runtime } from '#core/modules/runtime.ts';
import { countLookups } from '#platform/metrics/cache-metrics.ts';
import { createAuthorizationContextStore } from './authorization-context.store.ts';
import { createImmediateRedemptionStore } from './immediate-redemption.store.ts';
import { createImmediateRotationStore } from './immediate-rotation.store.ts';
import { createInvalidation } from './invalidation.service.ts';
import { subjectStatusTables } from './subject-status-tables.store.ts';
import { createSubjectStatus } from './subject-status.service.ts';

export const subjectStatusModule: Module = {
  name: 'subject-status',
  tables: subjectStatusTables,
  mails: [],
};

export function createSubjectStatusModule(dependencies: Runtime) {
  const { channels, db, log, metrics, now } = dependencies;
  const invalidation = createInvalidation({ channels, log });
  const authorizationContexts = createAuthorizationContextStore(db);
  return {
    invalidation,
    authorizationContexts,
    immediateRotations: createImmediateRotationStore(db),
    immediateRedemptions: createImmediateRedemptionStore(db),
    subjectStatus: createSubjectStatus({
      authorizationContexts,
      invalidation,
      lookedUp: countLookups(metrics, 'subject_status'),
      now,
    }),
  };
}
