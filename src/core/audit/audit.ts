// What is written down for good: one entry per security event, who did it and whom it is about.
// How entries are chained and signed is in core/audit/chain/audit-chain.service.ts.

/** `thing.happened`; a closed list, so that searching and alarming can rely on it. */
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
  'session.ended',
  'consent.given',
  'consent.refused',
  'grant.revoked',
  'refresh_token.reused',
  'authorization_code.replayed',
  'token.revoked',
  'client.created',
  'client.blocked',
  'client.unblocked',
  'client.grants_revoked',
  'everyone.signed_out',
  'role.granted',
  'role.removed',
  'key.created',
  'api.refused',
  'notice.retried',
  'notice.undelivered',
] as const;

export type AuditEvent = (typeof auditEvents)[number];

export type ActorKind = 'user' | 'client' | 'operator' | 'system' | 'anonymous';

/** Who did it. `operator` is somebody at the command line. */
export interface AuditActor {
  readonly kind: ActorKind;
  readonly id?: string | undefined;
}

export interface AuditEntry {
  readonly event: AuditEvent;
  readonly actor: AuditActor;
  /** The person it is about. */
  readonly userId?: string | undefined;
  readonly clientId?: string | undefined;
  readonly sessionUid?: string | undefined;
  /** Nothing personal: it can not be erased without breaking the chain. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** Beside address and device, which are added by themselves. Erasure empties this part. */
  readonly personal?: Readonly<Record<string, string | undefined>>;
}

export const systemActor: AuditActor = { kind: 'system' };
