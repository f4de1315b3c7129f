// Removes the contents of an account as listed in account-contents.store.ts, with one statement per
// entry, in the transaction of the caller.
import type { Knex } from 'knex';
import type { AuditEvent } from '#core/audit/audit.ts';
import type { Database, Statement } from '#platform/database/postgres.ts';
import { accountContents, type AccountContent, type Fate } from './account-contents.store.ts';

/** The number of rows removed by one statement, and the audit event for it. */
export interface Removed {
  readonly event: AuditEvent | undefined;
  readonly count: number;
}

interface Removal extends Pick<AccountContent, 'staysIfMadeByOperator'> {
  readonly table: string;
  readonly event: AuditEvent | undefined;
  readonly statement: Statement;
  readonly dated: 'at' | 'since' | undefined;
}

type Act = 'firstProof' | 'takeover';

const removals = {
  firstProof: removalsOf('firstProof'),
  takeover: removalsOf('takeover'),
} as const;

const origin: Statement = {
  name: 'account_origin',
  text: 'select made_by_operator from users where id = $1',
};

export function createAccountRemovalStore(db: Database) {
  async function remove(
    { statement, dated, event }: Removal,
    userId: string,
    times: Readonly<Record<'at' | 'since', Date>>,
    tx: Knex,
  ): Promise<Removed> {
    const values = dated ? [userId, times[dated]] : [userId];
    return { event, count: (await db.run(statement, values, tx)).rowCount };
  }

  return {
    /** Removes everything set up before the first verification of the email address. */
    async removeAll(userId: string, at: Date, tx: Knex): Promise<readonly Removed[]> {
      type Row = { made_by_operator: boolean };
      const [row] = (await db.run<Row>(origin, [userId], tx)).rows;
      const removed: Removed[] = [];
      for (const each of removals.firstProof) {
        if (each.staysIfMadeByOperator && row?.made_by_operator) continue;
        removed.push(await remove(each, userId, { at, since: at }, tx));
      }
      return removed;
    },
    /**
     * Removes credentials and permissions added at or after `since`.
     * @param except tables that are left unchanged
     */
    async removeSince(
      userId: string,
      times: Readonly<Record<'at' | 'since', Date>>,
      tx: Knex,
      except: readonly string[] = [],
    ): Promise<readonly Removed[]> {
      const removed: Removed[] = [];
      for (const each of removals.takeover) {
        if (!except.includes(each.table)) removed.push(await remove(each, userId, times, tx));
      }
      return removed;
    },
  };
}

export type AccountRemovalStore = ReturnType<typeof createAccountRemovalStore>;

function removalsOf(act: Act): readonly Removal[] {
  return accountContents.flatMap((content, index) => {
    const removal = removalOf(content.table, content[act]);
    if (!removal) return [];
    const { text, dated } = removal;
    const name = `account_contents_${act === 'firstProof' ? 'all' : 'since'}_${index}`;
    const { table, event, staysIfMadeByOperator } = content;
    const stays = staysIfMadeByOperator ? { staysIfMadeByOperator } : {};
    return [{ table, event, ...stays, dated, statement: { name, text } }];
  });
}

function removalOf(
  table: string,
  fate: Fate,
): (Pick<Removal, 'dated'> & { readonly text: string }) | undefined {
  if ('kept' in fate) return undefined;
  if (fate.removed === 'by') return { text: fate.text, dated: 'at' };
  const text = `delete from ${table} where user_id = $1`;
  if (fate.removed === 'all') return { text, dated: undefined };
  return { text: `${text} and ${fate.dated} >= $2`, dated: 'since' };
}
