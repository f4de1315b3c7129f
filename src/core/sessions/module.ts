// Browser sessions of users.
import type { Module } from '#core/modules/module.ts';
import type { Runtime } from '#core/modules/runtime.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { Notifications } from '#core/outbox/notifications.service.ts';
import type { Outbox } from '#core/outbox/outbox.service.ts';
import type { Invalidation } from '#core/subject-status/invalidation.service.ts';
import type { FamilyTimelines } from '#core/tokens/refresh-family-view.service.ts';
import { createSessionList } from './session-list.service.ts';
import { createSessionListStore } from './session-list.store.ts';
import { createParkedSessionStore } from './parked/parked-sessions.store.ts';
import { createSessionTree } from './session-tree.service.ts';
import { createSessionTreeStore } from './session-tree.store.ts';
import { sessionTables } from './sessions-tables.store.ts';
import { createSessions } from './sessions.service.ts';
import { createSessionAuthorizationStore } from './joined/session-authorizations.store.ts';
import { createSessionStore } from './sessions.store.ts';
import { createEndedSessionCounter, createSignInCounter } from './metrics/session-metrics.ts';
import type { DeviceClauses, SignInDevices } from './sign-in-devices.ts';

export const sessionsModule: Module = { name: 'sessions', tables: sessionTables, mails: [] };

export interface SessionsDependencies extends Runtime {
  readonly audit: Audit;
  readonly outbox: Outbox;
  readonly notifications: Notifications;
  readonly invalidation: Invalidation;
  readonly familyTimelines: FamilyTimelines;
  readonly devices: SignInDevices;
  readonly deviceClauses: DeviceClauses;
}

export function createSessionsModule(dependencies: SessionsDependencies) {
  const { audit, outbox, notifications, invalidation, devices } = dependencies;
  const { db, metrics, requestOrigin: origin, now } = dependencies;
  const sessions = createSessionStore(db, dependencies);
  const store = createSessionTreeStore(db);
  return {
    sessions: createSessions({
      db,
      sessions,
      audit,
      notifications,
      devices,
      outbox,
      origin,
      invalidation,
      signIns: createSignInCounter(metrics),
      endedSessions: createEndedSessionCounter(metrics),
      now,
    }),
    sessionAuthorizations: createSessionAuthorizationStore(db),
    parkedSessions: createParkedSessionStore(db),
    sessionList: createSessionList({ sessions: createSessionListStore(db), now }),
    sessionTree: createSessionTree({ store, familyTimelines: dependencies.familyTimelines, now }),
  };
}
