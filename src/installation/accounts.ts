// What people do with their account once they have one: password, profile, deletion; and guessing at it.
import type { Config } from '#platform/settings/config.ts';
import type { Keyring } from '#platform/secrets/encryption.ts';
import type { Log } from '#platform/logging/log.ts';
import type { Database } from '#platform/database/postgres.ts';
import { createDeletion } from '#services/accounts/deletion.ts';
import { createPasswordChange } from '#services/accounts/password-change.ts';
import { createSecondFactorSetup } from '#services/accounts/second-factor-setup.ts';
import { createProfile } from '#services/accounts/profile.ts';
import type { Registration } from '#services/accounts/registration.ts';
import { createSignInThrottle } from '#services/accounts/sign-in-throttle.ts';
import type { Audit } from '#services/audit/audit.ts';
import type { Blocking } from '#services/blocking/blocking.ts';
import { createImporting } from '#services/importing/importing.ts';
import type { SecondFactor } from '#services/factors/second-factor.ts';
import type { Outbox } from '#services/delivery/outbox.ts';
import type { MailProofs } from '#services/mail-proofs/mail-proofs.ts';
import type { Changes } from '#services/standing/changes.ts';
import { createDeletionStore } from '#stores/accounts/deletions.ts';
import { createImportStore } from '#stores/accounts/imports.ts';
import type { PasswordCredentialStore } from '#stores/accounts/password-credentials.ts';
import type { UserStore } from '#stores/accounts/users.ts';
import type { AuditEventStore } from '#stores/audit/audit-events.ts';
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
  readonly outbox: Outbox;
  readonly proofs: MailProofs;
  readonly registration: Registration;
  readonly secondFactor: SecondFactor;
}

export function wireAccounts(parts: AccountParts) {
  const { config, db, stores } = parts;
  const { users, credentials, auditEvents } = stores;
  const common = { ...parts, users, credentials, auditEvents, issuer: config.issuer };
  return {
    deletion: createDeletion({ ...common, deletions: createDeletionStore(db) }),
    importing: createImporting({ ...common, imports: createImportStore(db) }),
    passwordChange: createPasswordChange(common),
    profile: createProfile(common),
    secondFactorSetup: createSecondFactorSetup(common),
    signInThrottle: createSignInThrottle({
      ...parts,
      store: parts.shortLived,
      enabled: config.rateLimits === 'on',
    }),
  };
}
