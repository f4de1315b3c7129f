// Creates the services for existing accounts: password change, profile, deletion, setup of the
// second factor; also user import and sign-in throttling.
import type { Config } from '#config/config.ts';
import type { Keyring } from '#platform/crypto/encryption.ts';
import type { Log } from '#platform/logging/log.ts';
import type { Database } from '#platform/database/postgres.ts';
import { createDeletion } from '#features/account-deletion/account-deletion.service.ts';
import { createPasswordChange } from '#features/password-change/password-change.service.ts';
import { createSecondFactorSetup } from '#features/mfa/mfa-setup.service.ts';
import { createProfile } from '#features/profile/profile.service.ts';
import type { Registration } from '#features/account-creation/account-creation.service.ts';
import { createSignInThrottle } from '#features/passwords/sign-in-throttle.service.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { Blocking } from '#core/revocation/revocation.service.ts';
import { createImporting } from '#features/user-import/user-import.service.ts';
import type { SecondFactor } from '#features/mfa/mfa.service.ts';
import type { Outbox } from '#core/outbox/outbox.service.ts';
import type { EmailTokens } from '#features/email-tokens/email-tokens.service.ts';
import type { Invalidation } from '#core/subject-status/invalidation.service.ts';
import { createDeletionStore } from '#features/account-deletion/account-deletion.store.ts';
import { createImportStore } from '#features/user-import/user-import.store.ts';
import type { PasswordCredentialStore } from '#features/passwords/password-credentials.store.ts';
import type { UserStore } from '#core/users/users.store.ts';
import type { AuditEventStore } from '#core/audit/audit-events.store.ts';
import type { ShortLivedStore } from '#platform/short-lived/short-lived.ts';

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
  readonly invalidation: Invalidation;
  readonly outbox: Outbox;
  readonly proofs: EmailTokens;
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
