// Removes expired rows in small batches, so that no statement holds its locks for long.
import type { Database, Statement } from '#platform/database/postgres.ts';

/** Rows per statement; locks are held for a few milliseconds. */
export const purgeBatch = 500;

interface Expiring {
  readonly table: string;
  readonly key: string;
  /** The condition under which a row is removed; $1 is the current time. */
  readonly when?: string;
  /** Suffix of the statement name, if a table has several rules. */
  readonly rule?: string;
}

const sentDays = 7;
const deadLetterDays = 90;
/** The lifetime that browsers allow for the device cookie. */
const deviceDays = 400;
/** Mail that could not be sent for this long is outdated and is given up. */
const waitingMailDays = 7;

/** A download that started this long ago is regarded as aborted. */
const brokenDownloadHours = 1;

const hoursAgo = (hours: number) => `$1::timestamptz - interval '${hours} hours'`;
const daysAgo = (days: number) => `$1::timestamptz - interval '${days} days'`;

const tables: readonly Expiring[] = [
  { table: 'sessions', key: 'uid' },
  { table: 'grants', key: 'id' },
  { table: 'refresh_families', key: 'id' },
  { table: 'code_redemptions', key: 'code_hash' },
  { table: 'revoked_tokens', key: 'jti_hash' },
  { table: 'access_tokens', key: 'id_hash' },
  { table: 'mail_proofs', key: 'id' },
  { table: 'account_exports', key: 'id' },
  {
    table: 'account_export_chunks',
    key: '(export_id, attempt, number)',
    // Chunks left behind by an aborted download or by a node that crashed.
    when: `exists (
            select 1 from account_exports whole
             where whole.id = export_id
               and (whole.fetched_at < ${hoursAgo(brokenDownloadHours)} or whole.attempts <> attempt))`,
  },
  { table: 'outbox', key: 'id', rule: '_sent', when: `sent_at < ${daysAgo(sentDays)}` },
  { table: 'outbox', key: 'id', rule: '_dead', when: `dead_at < ${daysAgo(deadLetterDays)}` },
  {
    table: 'user_devices',
    key: '(user_id, device_id)',
    // The device used last stays: without any, the next sign-in would count as the first one, which
    // sends no mail.
    when: `last_used_at < ${daysAgo(deviceDays)} and exists (
            select 1 from user_devices newer
             where newer.user_id = user_devices.user_id
               and newer.last_used_at > user_devices.last_used_at)`,
  },
];

const removals: readonly Statement[] = tables.map((each) => {
  const { table, key, when = 'expires_at < $1', rule = '' } = each;
  const chosen = key.replace(/^\(|\)$/g, '');
  return {
    name: `purge_${table}${rule}`,
    text: `
      delete from ${table}
       where ${key} in (
         select ${chosen} from ${table} where ${when} limit ${purgeBatch} for update skip locked
       )`,
  };
});

const giveUpWaitingMail: Statement = {
  name: 'purge_outbox_waiting',
  text: `
    update outbox set dead_at = $1, last_error = 'not sent in time'
     where id in (
       select id
         from outbox
        where kind = 'mail' and sent_at is null and dead_at is null
          and created_at < ${daysAgo(waitingMailDays)}
        limit ${purgeBatch}
          for update skip locked
     )`,
};

const purges: readonly Statement[] = [...removals, giveUpWaitingMail];

export function createExpiredRowStore(db: Database) {
  return {
    /** Removes one batch per table. @returns the number of rows removed */
    async purgeBatch(before: Date): Promise<number> {
      let removed = 0;
      for (const purge of purges) removed += (await db.run(purge, [before])).rowCount;
      return removed;
    },
  };
}

export type ExpiredRowStore = ReturnType<typeof createExpiredRowStore>;
