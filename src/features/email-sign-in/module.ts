// Sign-in with a code or link sent by email.
import { emailSignInMails } from './email-sign-in.mails.ts';
import type { Module } from '#core/modules/module.ts';
import type { Runtime } from '#core/modules/runtime.ts';
import type { AccountCleanup } from '#core/account-data/account-cleanup.service.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { Blocking } from '#core/revocation/revocation.service.ts';
import { createSignInCounter } from '#core/sessions/metrics/session-metrics.ts';
import type { UserStore } from '#core/users/users.store.ts';
import type { EmailTokens } from '#features/email-tokens/email-tokens.service.ts';
import type { RequestEmail } from '#features/email-tokens/request-email.service.ts';
import { createEmailSignIn } from './email-sign-in.service.ts';

export const emailSignInModule: Module = {
  name: 'email-sign-in',
  tables: [],
  mails: emailSignInMails,
};

export interface EmailSignInDependencies extends Runtime {
  readonly audit: Audit;
  readonly users: UserStore;
  readonly blocking: Blocking;
  readonly accountCleanup: AccountCleanup;
  readonly emailTokens: EmailTokens;
  readonly requestEmail: RequestEmail;
}

export function createEmailSignInModule(dependencies: EmailSignInDependencies) {
  const { audit, users, blocking } = dependencies;
  const { accountCleanup: cleanup, emailTokens: proofs, requestEmail: ask } = dependencies;
  const { db, now } = dependencies;
  return {
    emailSignInService: createEmailSignIn({
      db,
      proofs,
      ask,
      users,
      cleanup,
      blocking,
      audit,
      signIns: createSignInCounter(dependencies.metrics),
      now,
    }),
  };
}
