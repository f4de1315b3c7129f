// The one rule that decides whether a subject is active: users, clients and all users together have
// a notBefore, users and clients can be blocked. Loading and caching are in
// subject-status.service.ts.

/** Status of a user or client; `undefined` means that the subject does not exist. */
export interface SubjectStatus {
  readonly blockedAt: Date | undefined;
  /** When the block expires; undefined for a block without an end. */
  readonly blockedUntil?: Date | undefined;
  /** Nothing issued to the subject before this instant is accepted. */
  readonly notBefore: Date | undefined;
}

export interface Moment {
  /** When the presented session, code or token was issued. */
  readonly issuedAt: Date;
  /** The current time. */
  readonly at: Date;
}

export interface Subjects {
  /** `null` when no user is involved (client_credentials). */
  readonly user: SubjectStatus | undefined | null;
  readonly client: SubjectStatus | undefined | null;
  /** The global notBefore, which applies to all users. */
  readonly notBefore: Date | undefined;
}

/**
 * True when a session, code or token issued at that instant is still valid.
 *
 * Tokens carry whole seconds, notBefore has milliseconds: a token issued in the same second counts
 * as older, so that none issued just before the revocation stays valid.
 */
export function isActive({ user, client, notBefore }: Subjects, { issuedAt, at }: Moment): boolean {
  const bothOpen = [user, client].every((subject) => isOpen(subject, issuedAt, at));
  return bothOpen && isSince(notBefore, issuedAt);
}

/** An expired block no longer applies; the notBefore that it set remains. */
export function isBlocked(subject: SubjectStatus, at: Date): boolean {
  const { blockedAt, blockedUntil } = subject;
  return blockedAt !== undefined && (blockedUntil === undefined || at < blockedUntil);
}

function isOpen(subject: SubjectStatus | undefined | null, issuedAt: Date, at: Date): boolean {
  if (subject === null) return true;
  if (!subject || isBlocked(subject, at)) return false;
  return isSince(subject.notBefore, issuedAt);
}

function isSince(notBefore: Date | undefined, issuedAt: Date): boolean {
  return notBefore === undefined || issuedAt >= notBefore;
}
