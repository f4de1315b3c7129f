// Signals, each of which is one event about one user or stream for one receiver, and the audit events that
// cause them.
import type { AuditRow } from '#core/audit/chain/audit-chain.ts';
import {
  accountDisabled,
  accountEnabled,
  accountPurged,
  credentialChange,
  identifierChanged,
  sessionRevoked,
} from '#features/shared-signals/signal-types.ts';

/** The content of the SET, besides the claims of every SET. */
export interface SignalContent {
  /** Members of the event. */
  readonly event: Readonly<Record<string, unknown>>;
  /** The `sid` known to the receiver, if the signal is about one session. */
  readonly sid?: string;
}

export interface Signal {
  /** The `jti`. */
  readonly id: string;
  readonly streamId: string;
  /** `undefined` if the signal is about the stream. */
  readonly userId: string | undefined;
  /** The audit event. */
  readonly auditId: string | undefined;
  readonly type: string;
  readonly content: SignalContent;
  readonly createdAt: Date;
}

/** A signal as operators see it. */
export interface SignalRecord extends Signal {
  readonly attempts: number;
  readonly deliveredAt: Date | undefined;
  readonly refusedAt: Date | undefined;
  readonly error: string | undefined;
}

/** A signal that an audit event causes, before its receivers are known. */
export interface CausedSignal {
  readonly type: string;
  /** Members of the event, besides the common ones. */
  readonly members: Readonly<Record<string, string>>;
  /** The session, if the signal is about only one. */
  readonly sessionUid?: string;
}

const revoked: CausedSignal = { type: sessionRevoked, members: {} };

function credential(type: string, change: string): CausedSignal {
  return { type: credentialChange, members: { credential_type: type, change_type: change } };
}

/**
 * Signals by audit event. An act that ends every session of the user causes the signal about that after the
 * one about the change.
 */
const causes: Readonly<Record<string, readonly CausedSignal[]>> = {
  'user.blocked': [{ type: accountDisabled, members: {} }, revoked],
  'user.unblocked': [{ type: accountEnabled, members: {} }],
  'user.signed_out_everywhere': [revoked],
  'user.tokens_revoked': [revoked],
  'device.disowned': [revoked],
  'deletion.requested': [revoked],
  'account.deleted': [{ type: accountPurged, members: {} }],
  'password.reset': [credential('password', 'update'), revoked],
  'password.changed': [credential('password', 'update'), revoked],
  'password.removed': [credential('password', 'delete')],
  'passkey.added': [credential('fido2-platform', 'create')],
  'passkey.removed': [credential('fido2-platform', 'delete')],
  'factor.added': [credential('app', 'create')],
  'factor.removed': [credential('app', 'delete')],
  'email.changed': [{ type: identifierChanged, members: {} }],
  'email.change_undone': [{ type: identifierChanged, members: {} }, revoked],
};

/** Audit events that end one session, if they name it. */
const endOfSession: readonly string[] = ['session.ended', 'device.disowned'];

export function signalsOf({
  event,
  sessionUid,
}: Pick<AuditRow, 'event' | 'sessionUid'>): readonly CausedSignal[] {
  if (endOfSession.includes(event) && sessionUid !== null) return [{ ...revoked, sessionUid }];
  return causes[event] ?? [];
}

/** The members that every event about a user has (CAEP 1.0 §2). */
export function commonMembers({ at, actorKind, actorId, userId }: AuditRow) {
  return {
    event_timestamp: Math.floor(Date.parse(at) / 1000),
    initiating_entity: initiatorOf(actorKind, actorId === userId),
  };
}

function initiatorOf(kind: string, isUser: boolean): 'user' | 'admin' | 'system' {
  if (kind === 'system') return 'system';
  if (kind === 'anonymous') return 'user';
  return kind === 'user' && isUser ? 'user' : 'admin';
}
