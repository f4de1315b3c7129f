// SQL fragment that proves, inside the statement of a write, that nothing was revoked since the
// writer read the user. It locks the row in share mode: a revocation either commits first and is
// seen here, or waits and then sees what was written (docs/decisions/0016).

export interface UnchangedUserPlaceholders {
  readonly userId: string;
  readonly at: string;
  readonly securityVersion: string;
  /** Omitted for a write that does not depend on the access of clients. */
  readonly accessVersion?: string;
}

/**
 * A query that returns one row, `id`, if the user exists, is not blocked, and has these versions.
 */
export function unchangedUser(placeholders: UnchangedUserPlaceholders): string {
  const { userId, at, securityVersion, accessVersion } = placeholders;
  return `
    select u.id
      from users u cross join epochs e
     where u.id = ${userId}
       and (u.blocked_at is null or u.blocked_until <= ${at})
       and u.security_version + e.security_version = ${securityVersion}
       ${accessVersion === undefined ? '' : `and u.access_version = ${accessVersion}`}
       for share of u, e`;
}
