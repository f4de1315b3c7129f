// Creates the services that send email tokens: registration, verification, recovery, invitation,
// sign-in by mail and change of the email address.
import type { Config } from '#config/config.ts';
import type { Keyring } from '#platform/crypto/encryption.ts';
import type { Log } from '#platform/logging/log.ts';
import type { Database } from '#platform/database/postgres.ts';
import type { AccountCleanup } from '#features/account-cleanup/account-cleanup.service.ts';
import type { Registration } from '#features/account-creation/account-creation.service.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { Blocking } from '#core/revocation/revocation.service.ts';
import type { Outbox } from '#core/outbox/outbox.service.ts';
import { createAsking } from '#features/email-tokens/request-email.service.ts';
import type { Identities } from '#features/federation/identities.service.ts';
import { createEmailUndoing } from '#features/email-verification/email-change-revert.service.ts';
import { createInvitations } from '#features/invitations/invitations.service.ts';
import { createEmailTokens } from '#features/email-tokens/email-tokens.service.ts';
import { createMailSignIn } from '#features/email-sign-in/email-sign-in.service.ts';
import { createMailThrottle } from '#features/email-tokens/email-throttle.service.ts';
import { createRecovery } from '#features/recovery/password-reset.service.ts';
import { createRegistering } from '#features/email-tokens/verified-registration.service.ts';
import { createVerification } from '#features/email-verification/email-verification.service.ts';
import type { Invalidation } from '#core/subject-status/invalidation.service.ts';
import { createDeletionStore } from '#features/account-deletion/account-deletion.store.ts';
import type { EmailTokenStore } from '#features/email-tokens/email-tokens.store.ts';
import type { PasswordCredentialStore } from '#features/passwords/password-credentials.store.ts';
import type { UserStore } from '#core/users/users.store.ts';
import type { AuditEventStore } from '#core/audit/audit-events.store.ts';
import type { ShortLivedStore } from '#platform/short-lived/short-lived.ts';

export interface EmailTokenParts {
  readonly config: Config;
  readonly log: Log;
  readonly now: () => Date;
  readonly db: Database;
  readonly shortLived: ShortLivedStore;
  readonly stores: {
    readonly emailTokens: EmailTokenStore;
    readonly users: UserStore;
    readonly credentials: PasswordCredentialStore;
    readonly auditEvents: AuditEventStore;
  };
  readonly keyring: Keyring;
  readonly audit: Audit;
  readonly outbox: Outbox;
  readonly blocking: Blocking;
  readonly invalidation: Invalidation;
  readonly registration: Registration;
  readonly cleanup: AccountCleanup;
  readonly identities: Identities;
}

export function wireEmailTokens(parts: EmailTokenParts) {
  const { config, shortLived, stores, keyring, log, now } = parts;
  const { issuer } = config;
  const { users, credentials, auditEvents } = stores;
  const enabled = config.rateLimits === 'on';
  const throttle = createMailThrottle({ store: shortLived, enabled, log, now });
  const proofs = createEmailTokens({ store: stores.emailTokens, throttle, keyring, now });
  const common = { ...parts, proofs, throttle, users, issuer };
  const ask = createAsking(common);
  const deletions = createDeletionStore(parts.db);
  const emailUndoing = createEmailUndoing({ ...common, deletions, auditEvents });
  return {
    mailThrottle: throttle,
    proofs,
    emailUndoing,
    invitations: createInvitations(common),
    registering: createRegistering({ ...common, identities: parts.identities }),
    verification: createVerification({ ...common, undoing: emailUndoing }),
    recovery: createRecovery({ ...common, ask, credentials }),
    mailSignIn: createMailSignIn({ ...common, ask }),
  };
}

export type EmailTokenServices = ReturnType<typeof wireEmailTokens>;
