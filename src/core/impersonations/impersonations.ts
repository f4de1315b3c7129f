// Impersonation: an administrator is signed in as a user for some minutes, to see what the user sees. It has
// a session of its own (docs/decisions/0033).

/** `acr` of the session: the user has proven nothing. It is never offered to clients. */
export const impersonationAcr = 'urn:ostiary:acr:impersonation';

/** Why an impersonation ended. */
export type EndReason =
  /** An administrator ended it. */
  | 'ended'
  /** The administrator has started another one. */
  | 'replaced'
  /** Its session was ended, by a sign-out or by the user. */
  | 'session_ended'
  | 'expired'
  /** The administrator signed out, or lost the right, or the user was blocked or got a right. */
  | 'not_permitted';

export interface Impersonation {
  readonly id: string;
  readonly administratorId: string;
  readonly administratorSessionUid: string;
  readonly userId: string;
  readonly sessionUid: string;
  readonly reason: string;
  readonly startedAt: Date;
  readonly endsAt: Date;
}

/** As an administrator lists it. */
export interface ListedImpersonation extends Impersonation {
  readonly administratorEmail: string | undefined;
  readonly userEmail: string | undefined;
}

/** A live impersonation, for the pages in its browser. */
export interface ActiveImpersonation extends Impersonation {
  /** The name of the user, or the email address. */
  readonly userName: string;
}

export function presentImpersonation(each: ListedImpersonation) {
  return {
    id: each.id,
    administrator_id: each.administratorId,
    administrator_email: each.administratorEmail ?? null,
    user_id: each.userId,
    user_email: each.userEmail ?? null,
    session_uid: each.sessionUid,
    reason: each.reason,
    started_at: each.startedAt.toISOString(),
    ends_at: each.endsAt.toISOString(),
  };
}
