// The one rule about who may act: people, clients and everybody, each with a block and an epoch.
// Where the facts come from and how long they may be remembered is for subject-status.service.ts.

/** Facts about a person or a client; `undefined` as a whole means: there is no such subject. */
export interface SubjectStanding {
  readonly blockedAt: Date | undefined;
  /** When the block ends by itself; absent: when somebody ends it. */
  readonly blockedUntil?: Date | undefined;
  /** Nothing issued to the subject before this instant is accepted. */
  readonly notBefore: Date | undefined;
}

export interface Moment {
  /** When what is presented was made. */
  readonly issuedAt: Date;
  /** Now. */
  readonly at: Date;
}

export interface Standing {
  /** `null` where no person is involved (client_credentials). */
  readonly user: SubjectStanding | undefined | null;
  readonly client: SubjectStanding | undefined | null;
  /** The epoch of everybody. */
  readonly notBefore: Date | undefined;
}

/**
 * True when something issued at that instant (a session, code, token) may still be used.
 *
 * Tokens carry whole seconds, epochs carry milliseconds: a token of the same second counts as
 * older, so that nothing slips through between the two.
 */
export function mayAct({ user, client, notBefore }: Standing, { issuedAt, at }: Moment): boolean {
  const bothOpen = [user, client].every((subject) => isOpen(subject, issuedAt, at));
  return bothOpen && isSince(notBefore, issuedAt);
}

/** A block with an end is over once that has passed; the epoch it left behind stays. */
export function isBlocked(subject: SubjectStanding, at: Date): boolean {
  const { blockedAt, blockedUntil } = subject;
  return blockedAt !== undefined && (blockedUntil === undefined || at < blockedUntil);
}

function isOpen(subject: SubjectStanding | undefined | null, issuedAt: Date, at: Date): boolean {
  if (subject === null) return true;
  if (!subject || isBlocked(subject, at)) return false;
  return isSince(subject.notBefore, issuedAt);
}

function isSince(notBefore: Date | undefined, issuedAt: Date): boolean {
  return notBefore === undefined || issuedAt >= notBefore;
}
