// Sends a user the recovery mail on behalf of an operator, who learns neither its code nor its link.
import type { Rank } from '#core/access-control/rank.service.ts';
import type { AuditActor } from '#core/audit/audit.ts';
import type { User } from '#core/users/users.ts';
import type { Recovery } from '#features/recovery/password-reset.service.ts';
import type { Database } from '#platform/database/postgres.ts';
import { randomToken } from '#platform/crypto/hashing.ts';
import type { RequestOriginSlot } from '#platform/request/request-origin.ts';

export interface RecoveryMailDependencies {
  readonly db: Database;
  readonly rank: Rank;
  readonly recovery: Recovery;
  readonly requestOrigin: RequestOriginSlot;
}

export function createRecoveryMail(dependencies: RecoveryMailDependencies) {
  const { db, rank, recovery, requestOrigin } = dependencies;
  return {
    /**
     * A blocked user gets a mail that says so. The code in the mail works in no browser, because none
     * requested it; the link works in any.
     * @throws AppError `throttled`
     */
    async send({ id, email, claims }: User, by: AuditActor): Promise<void> {
      await db.transaction((tx) => rank.prove(by, { userId: id }, tx));
      await recovery.ask(email, {
        binding: randomToken(),
        locale: claims.locale,
        interaction: undefined,
        address: requestOrigin.get()?.address ?? '',
        by,
      });
    },
  };
}

export type RecoveryMail = ReturnType<typeof createRecoveryMail>;
