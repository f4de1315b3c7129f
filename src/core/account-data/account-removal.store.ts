// Runs the statements that the modules registered for the data of an account, one by one, in the
// transaction of the caller.
import type { Knex } from 'knex';
import type { AuditEvent } from '#core/audit/audit.ts';
import {
  isKept,
  type AccountRules,
  type Removal,
  type TableRules,
} from '#core/modules/table-rules.ts';
import type { Database, Statement } from '#platform/database/postgres.ts';

/** The number of rows changed by one statement, and the audit event for it. */
export interface Removed {
  readonly event: AuditEvent | undefined;
  readonly count: number;
}

type Act = 'onFirstEmailVerification' | 'onAccountCompromised' | 'onAccountDeleted';

interface Step extends Removal {
  readonly table: string;
  readonly statement: Statement;
}

/** `since`: the earliest time at which an attacker may have had access. */
export type RemovalTimes = Readonly<Record<'at' | 'since', Date>>;

const origin: Statement = {
  name: 'account_origin',
  text: 'select made_by_operator from users where id = $1',
};

const deleteUser: Statement = {
  name: 'user_delete',
  text: `
    with gone as (delete from users where id = $1 returning id)
    insert into deleted_users (id, deleted_at) select id, $2 from gone`,
};

/**
 * @param tables in the order in which other transactions lock them, the users first, which avoids
 *   deadlocks
 */
export function createAccountRemovalStore(db: Database, tables: readonly TableRules[]) {
  const steps = {
    onFirstEmailVerification: stepsOf(tables, 'onFirstEmailVerification'),
    onAccountCompromised: stepsOf(tables, 'onAccountCompromised'),
    onAccountDeleted: stepsOf(tables, 'onAccountDeleted'),
  };

  async function run(step: Step, userId: string, times: RemovalTimes, tx: Knex): Promise<Removed> {
    const { statement, dated, event } = step;
    const values = statement.text.includes('$2') ? [userId, times[dated]] : [userId];
    return { event, count: (await db.run(statement, values, tx)).rowCount };
  }

  return {
    async removeBeforeFirstVerification(
      userId: string,
      at: Date,
      tx: Knex,
    ): Promise<readonly Removed[]> {
      type Row = { made_by_operator: boolean };
      const [row] = (await db.run<Row>(origin, [userId], tx)).rows;
      const removed: Removed[] = [];
      for (const step of steps.onFirstEmailVerification) {
        if (step.staysIfMadeByOperator && row?.made_by_operator) continue;
        removed.push(await run(step, userId, { at, since: at }, tx));
      }
      return removed;
    },
    /** @param except tables to leave unchanged */
    async removeSince(
      userId: string,
      times: RemovalTimes,
      tx: Knex,
      except: readonly string[] = [],
    ): Promise<readonly Removed[]> {
      const removed: Removed[] = [];
      for (const step of steps.onAccountCompromised) {
        if (!except.includes(step.table)) removed.push(await run(step, userId, times, tx));
      }
      return removed;
    },
    /**
     * Deletes the row of the user, and by foreign keys all rows that depend on it.
     * @returns false if the account has already been deleted
     */
    async deleteUser(userId: string, at: Date, tx: Knex): Promise<boolean> {
      for (const step of steps.onAccountDeleted) await run(step, userId, { at, since: at }, tx);
      return (await db.run(deleteUser, [userId, at], tx)).rowCount === 1;
    },
  };
}

export type AccountRemovalStore = ReturnType<typeof createAccountRemovalStore>;

function stepsOf(tables: readonly TableRules[], act: Act): readonly Step[] {
  return tables.flatMap(({ table, account }) => {
    if (isKept(account)) return [];
    return removalsOf(account, act).map((removal, number) => ({
      ...removal,
      table,
      statement: { name: `${table}_${act}_${number}`, text: removal.text },
    }));
  });
}

function removalsOf(rules: AccountRules, act: Act): readonly Removal[] {
  const rule = rules[act];
  return rule === 'cascade' || isKept(rule) ? [] : rule;
}
