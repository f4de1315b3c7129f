// Adds the authorization of a client to a session without the session's cookie: an app joins the session in
// which another app of the same operator signed the user in.
import type { Database, Statement } from '#platform/database/postgres.ts';
import { isLiveSession } from '#core/impersonations/live-session.store.ts';

export interface AddedAuthorization {
  readonly sessionUid: string;
  readonly userId: string;
  readonly clientId: string;
  readonly sid: string;
  readonly grantId: string;
}

// The row is locked, so that a concurrent sign-out either ends the new grant or is seen here.
const add: Statement = {
  name: 'session_authorization_add',
  text: `
    update sessions s
       set authorizations = s.authorizations || jsonb_build_object($3::text,
             coalesce(s.authorizations -> $3::text, '{}')
             || jsonb_build_object('sid', $4::text, 'grantId', $5::text))
     where s.uid = $1 and s.user_id = $2::uuid and ${isLiveSession('$6')}`,
};

export function createSessionAuthorizationStore(db: Database) {
  return {
    /** False if the session has ended. */
    async add(added: AddedAuthorization, now: Date): Promise<boolean> {
      const { sessionUid, userId, clientId, sid, grantId } = added;
      const { rowCount } = await db.run(add, [sessionUid, userId, clientId, sid, grantId, now]);
      return rowCount === 1;
    },
  };
}

export type SessionAuthorizationStore = ReturnType<typeof createSessionAuthorizationStore>;
