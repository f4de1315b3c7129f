// Types of the audit log: one entry per security event, with its actor and subject. Entries are
// chained and signed in core/audit/chain/audit-chain.service.ts.

import type { Knex } from 'knex';

/** `object.happened`; a closed list that searches and alerts can rely on. */
export const auditEvents = [
  'user.registered',
  'user.invited',
  'import.started',
  'import.ended',
  'user.blocked',
  'user.unblocked',
  'user.signed_out_everywhere',
  'user.tokens_revoked',
  'sign_in.succeeded',
  'sign_in.refused',
  'sign_in.throttled',
  'registration.requested',
  'sign_in_mail.requested',
  'sign_in_mail.used',
  'recovery.requested',
  'password.reset',
  'password.changed',
  'password.removed',
  'profile.changed',
  'export.requested',
  'export.fetched',
  'supplement.changed',
  'supplement.removed',
  'deletion.requested',
  'deletion.cancelled',
  'account.deleted',
  'factor.added',
  'factor.removed',
  'factor.refused',
  'recovery_code.used',
  'recovery_codes.renewed',
  'passkey.added',
  'passkey.renamed',
  'passkey.removed',
  'passkey.cloned',
  'identity.linked',
  'identity.used',
  'identity.unlinked',
  'email.verified',
  'email.change_requested',
  'email.changed',
  'email.change_undone',
  'device.new',
  'device.disowned',
  'device.trusted',
  'device.trust_used',
  'device.trust_revoked',
  'device_code.approved',
  'device_code.denied',
  'device_code.throttled',
  'backchannel_request.received',
  'backchannel_request.approved',
  'backchannel_request.denied',
  'session.ended',
  'impersonation.started',
  'impersonation.ended',
  'consent.given',
  'consent.refused',
  'grant.revoked',
  'refresh_token.reused',
  'authorization_code.replayed',
  'token.revoked',
  'token.exchanged',
  'workload.authenticated',
  'client.created',
  'client.updated',
  'client.secret_rotated',
  'client.deleted',
  'client.blocked',
  'client.unblocked',
  'client.grants_revoked',
  'initial_access_token.created',
  'initial_access_token.revoked',
  'software_statement_issuer.created',
  'software_statement_issuer.deleted',
  'everyone.signed_out',
  'setup_link.issued',
  'role.granted',
  'role.removed',
  'role.created',
  'role.updated',
  'role.deleted',
  'role.permissions_changed',
  'group.created',
  'group.updated',
  'group.deleted',
  'group.member_added',
  'group.member_removed',
  'group.role_added',
  'group.role_removed',
  'organization.created',
  'organization.updated',
  'organization.deleted',
  'organization.member_added',
  'organization.member_removed',
  'organization.role_added',
  'organization.role_removed',
  'client.access_changed',
  'resource.created',
  'resource.updated',
  'resource.deleted',
  'key.created',
  'key.activated',
  'key.retired',
  'key.revoked',
  'provider.created',
  'provider.updated',
  'provider.deleted',
  'branding.updated',
  'branding.reset',
  'logging.updated',
  'logging.reset',
  'webhook.created',
  'webhook.updated',
  'webhook.deleted',
  'webhook.secret_rotated',
  'webhook.tested',
  'webhook.replayed',
  'webhook.suspended',
  'signal.received',
  'signal_stream.created',
  'signal_stream.updated',
  'signal_stream.deleted',
  'signal_stream.suspended',
  'approval.requested',
  'approval.approved',
  'approval.rejected',
  'approval.refused',
  'approval.expired',
  'approval.executed',
  'approval.bypassed',
  'api.refused',
  'audit.verified',
  'backup.created',
  'database.restored',
  'database.environment_changed',
  'notice.retried',
  'notice.undelivered',
] as const;

export type AuditEvent = (typeof auditEvents)[number];

export type ActorKind = 'user' | 'client' | 'operator' | 'system' | 'anonymous';

/** The actor of an event. `operator` stands for the command line. */
export interface AuditActor {
  readonly kind: ActorKind;
  readonly id?: string | undefined;
  /** Limits an actor of the management API or the panel; never written to the audit log. */
  readonly authority?: Authority | undefined;
  /** Claims the approval of a second administrator, in the transaction of the act. */
  readonly claim?: ((tx: Knex) => Promise<void>) | undefined;
  /** The user who approves: locked together with actor and target, in one order. */
  readonly approverId?: string | undefined;
}

/** The rights of an access token for the management API. */
export interface Authority {
  readonly scopes: ReadonlySet<string>;
  /** The scopes that the act needs. */
  readonly needed: readonly string[];
}

export interface AuditEntry {
  readonly event: AuditEvent;
  readonly actor: AuditActor;
  /** The user whom the event concerns. */
  readonly userId?: string | undefined;
  readonly clientId?: string | undefined;
  readonly sessionUid?: string | undefined;
  /** Must not contain personal data, because it cannot be erased without breaking the chain. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** In addition to address and device, which are added automatically. Erasure clears this part. */
  readonly personal?: Readonly<Record<string, string | undefined>>;
}

export const systemActor: AuditActor = { kind: 'system' };
