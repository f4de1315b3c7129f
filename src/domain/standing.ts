// The one rule about who may act: people, clients and everybody, each with a block and an epoch.
// Where the facts come from and how long they may be remembered is for services/standing.ts.

/** Facts about a person or a client; `undefined` as a whole means: there is no such subject. */
export interface SubjectStanding {
  readonly blockedAt: Date | undefined;
  /** Nothing issued to the subject before this instant is accepted. */
  readonly notBefore: Date | undefined;
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
export function mayAct(standing: Standing, issuedAt: Date): boolean {
  if (!isOpen(standing.user, issuedAt) || !isOpen(standing.client, issuedAt)) return false;
  return isSince(standing.notBefore, issuedAt);
}

function isOpen(subject: SubjectStanding | undefined | null, issuedAt: Date): boolean {
  if (subject === null) return true;
  if (!subject || subject.blockedAt) return false;
  return isSince(subject.notBefore, issuedAt);
}

function isSince(notBefore: Date | undefined, issuedAt: Date): boolean {
  return notBefore === undefined || issuedAt >= notBefore;
}
