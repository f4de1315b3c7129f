// What people do with their account once they have one: password, profile, second proofs, deletion.
import type { Config } from '#platform/settings/config.ts';
import type { Keyring } from '#platform/secrets/encryption.ts';
import type { Log } from '#platform/logging/log.ts';
import type { Database } from '#platform/database/postgres.ts';
import { createDeletion } from '#services/accounts/deletion.ts';
import { createPasswordChange } from '#services/accounts/password-change.ts';
import { createProfile } from '#services/accounts/profile.ts';
import type { Registration } from '#services/accounts/registration.ts';
import type { Audit } from '#services/audit/audit.ts';
import type { Blocking } from '#services/blocking/blocking.ts';
import type { Notices } from '#services/blocking/notices.ts';
import type { Outbox } from '#services/delivery/outbox.ts';
import { createPendingSignIns } from '#services/factors/pending-sign-ins.ts';
import { createSecondFactor } from '#services/factors/second-factor.ts';
import type { MailProofs } from '#services/mail-proofs/mail-proofs.ts';
import type { Changes } from '#services/standing/changes.ts';
import type { StandingService } from '#services/standing/standing.ts';
import { createDeletionStore } from '#stores/accounts/deletions.ts';
import type { PasswordCredentialStore } from '#stores/accounts/password-credentials.ts';
import type { UserStore } from '#stores/accounts/users.ts';
import type { AuditEventStore } from '#stores/audit/audit-events.ts';
import { createFactorFailureStore } from '#stores/factors/factor-failures.ts';
import { createRecoveryCodeStore } from '#stores/factors/recovery-codes.ts';
import { createTotpStore } from '#stores/factors/totp-credentials.ts';
import type { ShortLivedStore } from '#stores/short-lived/short-lived.ts';

export interface AccountParts {
  readonly config: Config;
  readonly log: Log;
  readonly now: () => Date;
  readonly db: Database;
  readonly shortLived: ShortLivedStore;
  readonly stores: {
    readonly users: UserStore;
    readonly credentials: PasswordCredentialStore;
    readonly auditEvents: AuditEventStore;
  };
  readonly keyring: Keyring;
  readonly audit: Audit;
  readonly blocking: Blocking;
  readonly changes: Changes;
  readonly notices: Notices;
  readonly outbox: Outbox;
  readonly proofs: MailProofs;
  readonly registration: Registration;
  readonly standing: StandingService;
}

export function wireAccounts(parts: AccountParts) {
  const { config, db, shortLived, stores, standing, now } = parts;
  const { users, credentials, auditEvents } = stores;
  const common = { ...parts, users, credentials, auditEvents, issuer: config.issuer };
  return {
    deletion: createDeletion({ ...common, deletions: createDeletionStore(db) }),
    passwordChange: createPasswordChange(common),
    pendingSignIns: createPendingSignIns({ store: shortLived, standing, now }),
    profile: createProfile(common),
    secondFactor: createSecondFactor({
      ...parts,
      totp: createTotpStore(db),
      recoveryCodes: createRecoveryCodeStore(db),
      factorFailures: createFactorFailureStore(db),
    }),
  };
}
