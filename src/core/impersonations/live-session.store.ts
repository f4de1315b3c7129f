// SQL that decides whether a session is alive. The session of an impersonation is alive only as long
// as the impersonation itself: while the administrator is signed in, has the right, and the user has
// none. Every statement that reads a session for a decision contains this condition, so that a change
// of any of these takes effect on all nodes with its commit (docs/decisions/0033).
import { hasManagementRight } from '#core/access-control/management-rights.store.ts';

/** For a row `s` of sessions; `now` is an expression. */
export function isLiveSession(now: string): string {
  return `s.ended_at is null and s.expires_at > ${now}
      and (s.impersonation_id is null or exists (
        select 1
          from impersonations i
         where i.id = s.impersonation_id and ${isLiveImpersonation(now)}))`;
}

/** For a row `i` of impersonations, whatever its own session is. */
export function isLiveImpersonation(now: string): string {
  return `i.ended_at is null and i.ends_at > ${now} and ${isPermitted(now)}`;
}

/** The administrator is active and may impersonate; the user is active and no administrator. */
export function isPermitted(now: string): string {
  return `exists (
    select 1
      from sessions own
      join users administrator on administrator.id = own.user_id
      join users target on target.id = i.user_id
     where own.uid = i.administrator_session_uid
       and own.user_id = i.administrator_id
       and own.impersonation_id is null
       and own.ended_at is null
       and own.expires_at > ${now}
       and ${isActive('administrator', now)}
       and ${isActive('target', now)}
       and not exists (select 1 from epochs e where e.not_before > i.started_at)
       and ${hasManagementRight('administrator.id', 'users:impersonate')}
       and not ${hasManagementRight('target.id')})`;
}

function isActive(user: string, now: string): string {
  return `(${user}.blocked_at is null or ${user}.blocked_until <= ${now})
       and (${user}.not_before is null or ${user}.not_before <= i.started_at)`;
}
