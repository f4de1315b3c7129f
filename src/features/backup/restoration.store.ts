// Statements that invalidate what may have been used, replaced or revoked since the backup. Each method is
// one statement; the service combines them in a transaction.
import type { Knex } from 'knex';
import type { Database, Statement } from '#platform/database/postgres.ts';

// Added to every version, so that no version from before the restoration is valid again. More acts than this
// cannot have been lost.
const raiseEpoch: Statement = {
  name: 'restoration_epoch',
  text: `
    update epochs
       set not_before = greatest(not_before, $1), security_version = security_version + 1000000`,
};

/** A link or code is valid once, and may have been used. */
const endEmailTokens: Statement = {
  name: 'restoration_email_tokens',
  text: 'update mail_proofs set replaced_at = $1 where replaced_at is null and used_at is null',
};

const endSetupLinks: Statement = {
  name: 'restoration_setup_links',
  text: 'update setup_links set used_at = $1 where used_at is null',
};

/** An approval may have been rejected, or executed. */
const endApprovals: Statement = {
  name: 'restoration_approvals',
  text: `update approvals set state = 'expired', decided_at = $1 where state = 'pending'`,
};

const endImpersonations: Statement = {
  name: 'restoration_impersonations',
  text: `
    update impersonations set ended_at = $1, ended_because = 'database.restored'
     where ended_at is null`,
};

/** A code of the current half minute, or of the next one, may have been used. */
const endTotpSteps: Statement = {
  name: 'restoration_totp_steps',
  text: `
    update totp_credentials
       set last_step = greatest(last_step, floor(extract(epoch from $1::timestamptz) / 30) + 1)`,
};

const deleteAccessTokens: Statement = {
  name: 'restoration_access_tokens',
  text: 'delete from access_tokens where $1::timestamptz is not null',
};

/** Logout notices and webhooks are sent again, because their receivers recognize repetitions. */
const holdBackMail: Statement = {
  name: 'restoration_mail',
  text: `
    update outbox
       set dead_at = $1, claimed_until = null,
           last_error = 'may have been sent before the database was restored'
     where kind = 'mail' and sent_at is null and dead_at is null`,
};

/** For a copy of a database: the original sends these jobs. */
const holdBackJobs: Statement = {
  name: 'environment_jobs',
  text: `
    update outbox
       set dead_at = $1, claimed_until = null,
           last_error = 'waited when the database moved to another environment'
     where sent_at is null and dead_at is null`,
};

export function createRestorationStore(db: Database) {
  const counting = (statement: Statement) => async (at: Date, tx: Knex) =>
    (await db.run(statement, [at], tx)).rowCount;
  return {
    raiseEpoch: counting(raiseEpoch),
    endEmailTokens: counting(endEmailTokens),
    endSetupLinks: counting(endSetupLinks),
    endApprovals: counting(endApprovals),
    endImpersonations: counting(endImpersonations),
    endTotpSteps: counting(endTotpSteps),
    deleteAccessTokens: counting(deleteAccessTokens),
    holdBackMail: counting(holdBackMail),
    holdBackJobs: counting(holdBackJobs),
  };
}

export type RestorationStore = ReturnType<typeof createRestorationStore>;
