// Verification of the email address, its change, and the reversal of a change.
import { verificationMails } from './email-verification.mails.ts';
import type { Module } from '#core/modules/module.ts';
import type { Runtime } from '#core/modules/runtime.ts';
import type { AccountCleanup } from '#core/account-data/account-cleanup.service.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { Outbox } from '#core/outbox/outbox.service.ts';
import type { Blocking } from '#core/revocation/revocation.service.ts';
import type { Invalidation } from '#core/subject-status/invalidation.service.ts';
import type { UserStore } from '#core/users/users.store.ts';
import type { MailThrottle } from '#features/email-tokens/email-throttle.service.ts';
import type { EmailTokens } from '#features/email-tokens/email-tokens.service.ts';
import type { Registration } from '#features/registration/registration.service.ts';
import { createEmailChangeRevert } from './email-change-revert.service.ts';
import { createVerification } from './email-verification.service.ts';

export const emailVerificationModule: Module = {
  name: 'email-verification',
  tables: [],
  mails: verificationMails,
};

export interface EmailVerificationDependencies extends Runtime {
  readonly audit: Audit;
  readonly outbox: Outbox;
  readonly users: UserStore;
  readonly blocking: Blocking;
  readonly invalidation: Invalidation;
  readonly accountCleanup: AccountCleanup;
  readonly emailTokens: EmailTokens;
  readonly mailThrottle: MailThrottle;
  readonly registration: Registration;
}

export function createEmailVerificationModule(dependencies: EmailVerificationDependencies) {
  const { audit, outbox, users, blocking, invalidation } = dependencies;
  const { accountCleanup: cleanup, emailTokens: proofs } = dependencies;
  const { mailThrottle: throttle, registration, config, db, now } = dependencies;
  const { issuer } = config;
  const common = { proofs, users, audit, invalidation, outbox, issuer, now };
  const emailChangeRevert = createEmailChangeRevert({ ...common, cleanup, blocking });
  return {
    emailChangeRevert: emailChangeRevert,
    verification: createVerification({ ...common, db, throttle, registration, emailChangeRevert }),
  };
}
