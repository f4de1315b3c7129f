// SQL that decides whether a session is live. The session of an impersonation is live only as long as the
// impersonation itself: while the administrator is signed in and has the right to impersonate, and the user
// has no right in the management API. Every statement that reads a session for a decision contains this
// condition, so that a change of any of these takes effect on all nodes with its commit
// (docs/decisions/0033). The functions are in migrations/0025-impersonations.ts; other sessions do not call
// them.

/** For a row `s` of sessions; `now` is an expression. */
export function isLiveSession(now: string): string {
  return `s.ended_at is null and s.expires_at > ${now}
      and (s.impersonation_id is null or is_live_impersonation(s.impersonation_id, ${now}))`;
}

/** For a row `i` of impersonations, whatever its own session is. */
export function isLiveImpersonation(now: string): string {
  return `is_live_impersonation(i.id, ${now})`;
}

/** The administrator is active and may impersonate; the user is active and no administrator. */
export function isPermitted(now: string): string {
  return `is_permitted_impersonation(i.id, ${now})`;
}
