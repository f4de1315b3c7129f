// Invitations: an operator names an address, and its owner creates the account.
import { invitationMails } from './invitations.mails.ts';
import type { Module } from '#core/modules/module.ts';
import type { Runtime } from '#core/modules/runtime.ts';
import type { Audit } from '#core/audit/audit.service.ts';
import type { Outbox } from '#core/outbox/outbox.service.ts';
import type { UserStore } from '#core/users/users.store.ts';
import type { EmailTokens } from '#features/email-tokens/email-tokens.service.ts';
import type { Registration } from '#features/registration/registration.service.ts';
import { createInvitations } from './invitations.service.ts';

export const invitationsModule: Module = {
  name: 'invitations',
  tables: [],
  mails: invitationMails,
};

export interface InvitationsDependencies extends Runtime {
  readonly audit: Audit;
  readonly outbox: Outbox;
  readonly users: UserStore;
  readonly emailTokens: EmailTokens;
  readonly registration: Registration;
}

export function createInvitationsModule(dependencies: InvitationsDependencies) {
  const { audit, outbox, users, emailTokens: proofs, registration, config, db, now } = dependencies;
  const { issuer } = config;
  const parts = { db, proofs, registration, users, outbox, audit, issuer, now };
  return { invitations: createInvitations(parts) };
}
