// The second factor: authenticator app, recovery codes, and sign-ins that wait for it.
import { mfaMails } from './mails/mfa.mails.ts';
import type { Module } from '#core/modules/module.ts';
import type { Runtime } from '#core/modules/runtime.ts';
import type { Rank } from '#core/access-control/rank.service.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { Notifications } from '#core/outbox/notifications.service.ts';
import type { Blocking } from '#core/revocation/revocation.service.ts';
import type { Invalidation } from '#core/subject-status/invalidation.service.ts';
import { createSignInCounter } from '#core/sessions/metrics/session-metrics.ts';
import type { SubjectStatusService } from '#core/subject-status/subject-status.service.ts';
import type { UserStore } from '#core/users/users.store.ts';
import type { EmailTokens } from '#features/email-tokens/email-tokens.service.ts';
import type { TrustedDevices } from '#features/trusted-devices/trusted-devices.service.ts';
import { createFactorFailureStore } from './credentials/mfa-failures.store.ts';
import { createRecoveryCodeStore } from './credentials/recovery-codes.store.ts';
import { createTotpStore } from './credentials/totp-credentials.store.ts';
import { createSecondFactorSetup } from './mfa-setup.service.ts';
import { mfaTables } from './mfa-tables.store.ts';
import { createSecondFactor } from './mfa.service.ts';
import { createPendingSignIns } from './pending-mfa.service.ts';

export const mfaModule: Module = { name: 'mfa', tables: mfaTables, mails: mfaMails };

export interface MfaDependencies extends Runtime {
  readonly audit: Audit;
  readonly rank: Rank;
  readonly notifications: Notifications;
  readonly blocking: Blocking;
  readonly invalidation: Invalidation;
  readonly subjectStatus: SubjectStatusService;
  readonly users: UserStore;
  readonly emailTokens: EmailTokens;
  readonly trustedDevices: TrustedDevices;
}

export function createMfaModule(dependencies: MfaDependencies) {
  const { audit, notifications, users, emailTokens: proofs } = dependencies;
  const { blocking, invalidation, subjectStatus } = dependencies;
  const { db, keyring, now, shortLived: store } = dependencies;
  const secondFactor = createSecondFactor({
    db,
    rank: dependencies.rank,
    totp: createTotpStore(db),
    recoveryCodes: createRecoveryCodeStore(db),
    factorFailures: createFactorFailureStore(db),
    users,
    trustedDevices: dependencies.trustedDevices,
    keyring,
    audit,
    notifications,
    signIns: createSignInCounter(dependencies.metrics),
    now,
  });
  return {
    secondFactor,
    secondFactorSetup: createSecondFactorSetup({
      secondFactor,
      users,
      proofs,
      blocking,
      invalidation,
    }),
    pendingSignIns: createPendingSignIns({ store, subjectStatus, now }),
  };
}
