// Everything that asks people to prove a mailbox: registering, verifying, recovering, changing.
import type { Config } from '#platform/settings/config.ts';
import type { Keyring } from '#platform/secrets/encryption.ts';
import type { Log } from '#platform/logging/log.ts';
import type { Database } from '#platform/database/postgres.ts';
import type { AccountCleanup } from '#services/accounts/account-cleanup.ts';
import type { Registration } from '#services/accounts/registration.ts';
import type { Audit } from '#services/audit/audit.ts';
import type { Blocking } from '#services/blocking/blocking.ts';
import type { Outbox } from '#services/delivery/outbox.ts';
import { createAsking } from '#services/mail-proofs/asking.ts';
import type { Identities } from '#services/identities/identities.ts';
import { createEmailUndoing } from '#services/mail-proofs/email-undoing.ts';
import { createInvitations } from '#services/mail-proofs/invitations.ts';
import { createMailProofs } from '#services/mail-proofs/mail-proofs.ts';
import { createMailSignIn } from '#services/mail-proofs/mail-sign-in.ts';
import { createMailThrottle } from '#services/mail-proofs/mail-throttle.ts';
import { createRecovery } from '#services/mail-proofs/recovery.ts';
import { createRegistering } from '#services/mail-proofs/registering.ts';
import { createVerification } from '#services/mail-proofs/verification.ts';
import type { Changes } from '#services/standing/changes.ts';
import { createDeletionStore } from '#stores/accounts/deletions.ts';
import type { MailProofStore } from '#stores/accounts/mail-proofs.ts';
import type { PasswordCredentialStore } from '#stores/accounts/password-credentials.ts';
import type { UserStore } from '#stores/accounts/users.ts';
import type { AuditEventStore } from '#stores/audit/audit-events.ts';
import type { ShortLivedStore } from '#stores/short-lived/short-lived.ts';

export interface MailProofParts {
  readonly config: Config;
  readonly log: Log;
  readonly now: () => Date;
  readonly db: Database;
  readonly shortLived: ShortLivedStore;
  readonly stores: {
    readonly mailProofs: MailProofStore;
    readonly users: UserStore;
    readonly credentials: PasswordCredentialStore;
    readonly auditEvents: AuditEventStore;
  };
  readonly keyring: Keyring;
  readonly audit: Audit;
  readonly outbox: Outbox;
  readonly blocking: Blocking;
  readonly changes: Changes;
  readonly registration: Registration;
  readonly cleanup: AccountCleanup;
  readonly identities: Identities;
}

export function wireMailProofs(parts: MailProofParts) {
  const { config, shortLived, stores, keyring, log, now } = parts;
  const { issuer } = config;
  const { users, credentials, auditEvents } = stores;
  const enabled = config.rateLimits === 'on';
  const throttle = createMailThrottle({ store: shortLived, enabled, log, now });
  const proofs = createMailProofs({ store: stores.mailProofs, throttle, keyring, now });
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

export type MailProofServices = ReturnType<typeof wireMailProofs>;
