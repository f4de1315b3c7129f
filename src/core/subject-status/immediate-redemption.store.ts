// Redeems an authorization code, stores its first refresh token and loads its authorization context in one
// statement (docs/decisions/0067).
import { isLiveSession } from '#core/impersonations/live-session.store.ts';
import {
  redeemAndInsertFamily,
  redemptionValues,
  type NewRefreshFamily,
  type Redemption,
} from '#core/tokens/refresh-families.store.ts';
import type { Database, Statement } from '#platform/database/postgres.ts';
import {
  authorizationContextFromRow,
  contextColumns,
  epochRow,
  type AuthorizationContext,
  type AuthorizationContextRow,
} from './authorization-context.store.ts';

export interface ImmediateRedemption {
  readonly redemption: Redemption;
  /** The refresh token family that starts with the code. */
  readonly family: NewRefreshFamily;
  readonly issuedAt: Date;
  /** The session with which the tokens end; `undefined` if they outlive it. */
  readonly sessionUid: string | undefined;
}

// A code is redeemed only if no check that follows can refuse the request. If the conditions do not hold,
// nothing is changed, and the rules decide. `for share` orders this statement and a revocation of the grant:
// either this statement finds no grant, or the grant is revoked afterwards. A family that the revocation does
// not see is unusable without its grant.
const redeemAndLoad: Statement = {
  name: 'code_redeem_and_load',
  text: `
    with active_grant as (
      select * from grants
       where id = $2 and revoked_at is null and expires_at > $11
         and user_id = $3 and client_id = $4 and not jsonb_exists(content, 'rejected')
         for share
    ), context as (
      select ${contextColumns}
        from ${epochRow}
        join active_grant g on true
        join users u on u.id = g.user_id
        join clients c on c.client_id = g.client_id
        left join sessions s on s.uid = $13 and ${isLiveSession('$11')}
       where (u.blocked_at is null or u.blocked_until <= $11)
         and c.disabled_at is null and not c.access_limited
         and $14::timestamptz
               >= all (array_remove(array[u.not_before, c.not_before, e.not_before], null))
         and ($13::text is null or (
               s.user_id = g.user_id and s.impersonation_id is null
               and s.authorizations -> g.client_id ->> 'grantId' = g.id))
    ), ${redeemAndInsertFamily('context')}
    select context.* from context, created`,
};

export function createImmediateRedemptionStore(db: Database) {
  return {
    /** Returns the context; `undefined` if the code was not redeemed. */
    async redeem({
      redemption,
      family,
      issuedAt,
      sessionUid,
    }: ImmediateRedemption): Promise<AuthorizationContext | undefined> {
      const values = [...redemptionValues(redemption, family), sessionUid ?? null, issuedAt];
      const { rows } = await db.run<AuthorizationContextRow>(redeemAndLoad, values);
      return rows[0] && authorizationContextFromRow(rows[0]);
    },
  };
}

export type ImmediateRedemptionStore = ReturnType<typeof createImmediateRedemptionStore>;
