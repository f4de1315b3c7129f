// Reads what the overview of the account shows beside each link, in one statement. It is for display
// only: the features decide from their own stores.
import type { Database, Statement } from '#platform/database/postgres.ts';

export interface AccountStatus {
  /** `undefined`: the user has no password. */
  readonly passwordChangedAt: Date | undefined;
  readonly passkeys: number;
  readonly hasSecondFactor: boolean;
  readonly recoveryCodesLeft: number;
  readonly linkedAccounts: number;
  /** Different browsers with a live session. */
  readonly devices: number;
  readonly apps: number;
  /** Requests of apps that the user may still answer (OpenID CIBA). */
  readonly waitingRequests: number;
  readonly isAdministrator: boolean;
}

interface AccountStatusRow {
  password_changed_at: Date | null;
  passkeys: number;
  has_second_factor: boolean;
  recovery_codes_left: number;
  linked_accounts: number;
  devices: number;
  apps: number;
  waiting_requests: number;
  is_administrator: boolean;
}

const ofUser: Statement = {
  name: 'account_status',
  text: `
    select (select changed_at from password_credentials where user_id = $1) as password_changed_at,
           (select count(*)::int from passkeys where user_id = $1) as passkeys,
           exists (select from totp_credentials
                    where user_id = $1 and confirmed_at is not null) as has_second_factor,
           (select count(*)::int from recovery_codes
             where user_id = $1 and used_at is null) as recovery_codes_left,
           (select count(*)::int from identities where user_id = $1) as linked_accounts,
           (select count(distinct coalesce(device, uid))::int from sessions
             where user_id = $1 and ended_at is null and expires_at > $2) as devices,
           (select count(*)::int
              from (select client_id from consents where user_id = $1
                     union
                    select client_id from grants
                     where user_id = $1 and revoked_at is null and expires_at > $2) as allowed
              join clients using (client_id)) as apps,
           (select count(*)::int from backchannel_requests r join users u on u.id = r.user_id
             where r.user_id = $1 and r.decision is null and r.expires_at > $2
               and (u.not_before is null or u.not_before <= r.created_at)) as waiting_requests,
           exists (select from user_roles r
                    where r.user_id = $1
                      and (r.role in ('admin', 'auditor')
                           or exists (select from role_permissions p
                                       where p.role_id = r.role and p.audience is null)))
             as is_administrator`,
};

export function createAccountStatusStore(db: Database) {
  return {
    async read(userId: string, now: Date): Promise<AccountStatus> {
      const { rows } = await db.run<AccountStatusRow>(ofUser, [userId, now]);
      const [row] = rows;
      if (!row) throw new Error('a select without a from clause returns one row');
      return statusFromRow(row);
    },
  };
}

export type AccountStatusStore = ReturnType<typeof createAccountStatusStore>;

function statusFromRow(row: AccountStatusRow): AccountStatus {
  return {
    passwordChangedAt: row.password_changed_at ?? undefined,
    passkeys: row.passkeys,
    hasSecondFactor: row.has_second_factor,
    recoveryCodesLeft: row.recovery_codes_left,
    linkedAccounts: row.linked_accounts,
    devices: row.devices,
    apps: row.apps,
    waitingRequests: row.waiting_requests,
    isAdministrator: row.is_administrator,
  };
}
