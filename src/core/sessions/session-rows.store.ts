// The row of a session, its mapping to the Session type, and the parts of a change to it.
import type { AuditRecord } from '#core/audit/audit-events.store.ts';
import type { SignInDevice } from './sign-in-devices.ts';

/** The authorization of one client in a session: its `sid` and its grant. */
export interface SessionAuthorization {
  readonly sid?: string | undefined;
  readonly grantId?: string | undefined;
  readonly persistsLogout?: boolean | undefined;
}

export interface Session {
  readonly uid: string;
  readonly userId: string | undefined;
  /** The `auth_time`: when the credential was read. */
  readonly loginAt: Date | undefined;
  /** When the sign-in was stored. At that moment, no revocation had affected it. */
  readonly signedInAt: Date | undefined;
  readonly acr: string | undefined;
  readonly amr: readonly string[] | undefined;
  readonly transient: boolean;
  readonly state: object | undefined;
  readonly authorizations: Readonly<Record<string, SessionAuthorization>>;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  /** Present if an administrator is signed in as the user (docs/decisions/0033). */
  readonly impersonation: SessionImpersonation | undefined;
}

export interface SessionImpersonation {
  readonly id: string;
  readonly administratorId: string;
  readonly endsAt: Date;
}

export interface SessionChange extends Omit<Session, 'createdAt' | 'signedInAt' | 'impersonation'> {
  /** The cookie value of the writer, which becomes the valid one. */
  readonly id: string;
  /** The value it replaces, if the writer rotates the cookie. */
  readonly replacedId: string | undefined;
  /** Clients that the writer saw and removed. */
  readonly removedClientIds: readonly string[];
  /** Present when the user has just signed in; stored together with the session. */
  readonly signIn: SignInTrace | undefined;
}

export interface SignInTrace {
  /**
   * As read together with the credential. The session is not stored if the version has increased
   * since.
   */
  readonly securityVersion: number;
  readonly address: string | undefined;
  /** The user agent. */
  readonly device: string | undefined;
  readonly audit: AuditRecord;
  /** The device on which the user signed in. */
  readonly signInDevice: SignInDevice;
}

/** `undefined` when the session or the sign-in was revoked meanwhile and nothing was written. */
export type SaveOutcome = SavedSession | undefined;

export interface SavedSession {
  /** The user has just signed in on an unrecognized device, and a mail about it is queued. */
  readonly onNewDevice: boolean;
}

export interface EndedSession {
  readonly uid: string;
  readonly userId: string | undefined;
  readonly authorizations: Readonly<Record<string, SessionAuthorization>>;
}

export interface SessionRow {
  uid: string;
  user_id: string | null;
  login_at: Date | string | null;
  signed_in_at: Date | string | null;
  acr: string | null;
  amr: string[] | null;
  transient: boolean;
  state: object | null;
  authorizations: Record<string, SessionAuthorization>;
  created_at: Date | string;
  expires_at: Date | string;
  impersonation_id: string | null;
  impersonator_id: string | null;
  impersonation_ends_at: Date | string | null;
}

/** The columns of an impersonation, which every statement for a `SessionRow` selects. */
export const impersonationColumns = [
  'impersonation_id',
  'impersonator_id',
  'impersonation_ends_at',
];

export interface EndedSessionRow {
  uid: string;
  user_id: string | null;
  authorizations: Record<string, SessionAuthorization>;
}

export function endedSessionFromRow(row: EndedSessionRow): EndedSession {
  return { uid: row.uid, userId: row.user_id ?? undefined, authorizations: row.authorizations };
}

/** Maps a row of the table or its `row_to_json` form, in which timestamps are text. */
export function sessionFromRow(row: SessionRow): Session {
  return {
    uid: row.uid,
    userId: row.user_id ?? undefined,
    loginAt: row.login_at === null ? undefined : new Date(row.login_at),
    signedInAt: row.signed_in_at === null ? undefined : new Date(row.signed_in_at),
    acr: row.acr ?? undefined,
    amr: row.amr ?? undefined,
    transient: row.transient,
    state: row.state ?? undefined,
    authorizations: row.authorizations,
    createdAt: new Date(row.created_at),
    expiresAt: new Date(row.expires_at),
    impersonation: impersonationFromRow(row),
  };
}

function impersonationFromRow(row: SessionRow): SessionImpersonation | undefined {
  const { impersonation_id: id, impersonator_id: administratorId } = row;
  const { impersonation_ends_at: endsAt } = row;
  if (id === null || administratorId === null || endsAt === null) return undefined;
  return { id, administratorId, endsAt: new Date(endsAt) };
}
