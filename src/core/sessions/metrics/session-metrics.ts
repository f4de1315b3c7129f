// Counts sign-ins and ended sessions. Refused sign-ins are counted where the audit log records them.
import type { AuditEvent } from '#core/audit/audit.ts';
import type { Counter, Metrics } from '#platform/metrics/metrics.ts';

const signInOutcomes = ['succeeded', 'refused', 'throttled'] as const;
const signInMethods = [
  'password',
  'email',
  'provider',
  'passkey',
  'second_factor',
  'other',
] as const;

type SignInMethod = (typeof signInMethods)[number];

const signIns = {
  name: 'ostiary_sign_ins_total',
  help: 'Sign-ins by outcome and first method. A wrong code after it is refused as second_factor.',
  labels: { outcome: signInOutcomes, method: signInMethods },
} as const;

export type SignInCounter = Counter<{
  readonly outcome: (typeof signInOutcomes)[number];
  readonly method: SignInMethod;
}>;

export function createSignInCounter(metrics: Metrics): SignInCounter {
  return metrics.counter(signIns);
}

const methodOfAmr: Readonly<Record<string, SignInMethod>> = {
  pwd: 'password',
  email: 'email',
  fed: 'provider',
  hwk: 'passkey',
  swk: 'passkey',
};

/** The first method of a complete sign-in, from its `amr` values (RFC 8176). */
export function firstMethodOf(amr: readonly string[]): SignInMethod {
  const [first = ''] = amr;
  return methodOfAmr[first] ?? 'other';
}

const endCauses = [
  'signed_out',
  'ended_remotely',
  'device_disowned',
  'signed_out_everywhere',
  'everyone_signed_out',
  'blocked',
  'tokens_revoked',
  'credential_changed',
  'account_deleted',
] as const;

type EndCause = (typeof endCauses)[number];

const endedSessions = {
  name: 'ostiary_sessions_ended_total',
  help: 'Browser sessions that were ended before they expired, by cause.',
  labels: { cause: endCauses },
} as const;

export type EndedSessionCounter = Counter<{ readonly cause: EndCause }>;

export function createEndedSessionCounter(metrics: Metrics): EndedSessionCounter {
  return metrics.counter(endedSessions);
}

const causeOfEvent: Readonly<Partial<Record<AuditEvent, EndCause>>> = {
  'session.ended': 'ended_remotely',
  'device.disowned': 'device_disowned',
  'user.signed_out_everywhere': 'signed_out_everywhere',
  'everyone.signed_out': 'everyone_signed_out',
  'user.blocked': 'blocked',
  'deletion.requested': 'account_deleted',
  'account.deleted': 'account_deleted',
  'user.tokens_revoked': 'tokens_revoked',
};

/** The cause of a revocation, from the name of its audit event. */
export function endCauseOf(event: AuditEvent): EndCause {
  return causeOfEvent[event] ?? 'credential_changed';
}
