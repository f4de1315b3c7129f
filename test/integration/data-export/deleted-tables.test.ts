// What the modules declare about their tables must cover the whole schema, and be valid SQL.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createAccountRemovalStore } from '#core/account-data/account-removal.store.ts';
import { cascade, isKept } from '#core/modules/table-rules.ts';
import { clearedUserColumns, keptUserColumns } from '#core/users/users-tables.store.ts';
import { tables } from '#server/modules.ts';
import { withDatabase } from '#test/support/services/databases.ts';

/** Tables with a user column, identified by its name or its foreign key. */
const tablesWithUsers = `
  select table_name as name
    from information_schema.columns
   where table_schema = 'public' and column_name = 'user_id'
  union
  select conrelid::regclass::text from pg_constraint
   where contype = 'f' and confrelid = 'users'::regclass
  union
  select 'users'`;

const tablesInTheSchema = `
  select table_name as name
    from information_schema.tables
   where table_schema = 'public' and table_name not like 'knex_%'`;

const tablesDeletedWithUsers = `
  select conrelid::regclass::text as name from pg_constraint
   where contype = 'f' and confrelid = 'users'::regclass and confdeltype = 'c'`;

describe('tables of the modules', () => {
  async function namesOf(t: Parameters<typeof withDatabase>[0], query: string) {
    const db = await withDatabase(t, 'postgres');
    const { rows } = await db.knex.raw<{ rows: { name: string }[] }>(query);
    return rows.map(({ name }) => name).toSorted();
  }

  it('are all tables of the schema, each declared by one module', async (t) => {
    const declared = tables.map(({ table }) => table).toSorted();

    assert.deepEqual(declared, await namesOf(t, tablesInTheSchema));
  });

  it('have rules for the data of users exactly where there is a user column', async (t) => {
    const withRules = tables.filter(({ account }) => !isKept(account));

    const names = withRules.map(({ table }) => table).toSorted();

    assert.ok(names.length > 10);
    assert.deepEqual(names, await namesOf(t, tablesWithUsers));
  });

  it('are deleted with the user where they say so', async (t) => {
    const deleted = await namesOf(t, tablesDeletedWithUsers);

    const declared = tables.filter(
      ({ account }) => !isKept(account) && account.onAccountDeleted === cascade,
    );

    assert.deepEqual(declared.map(({ table }) => table).toSorted(), deleted);
  });

  it('list every column of users, as cleared or kept for a reason', async (t) => {
    const columns = await namesOf(
      t,
      `select column_name as name
         from information_schema.columns
        where table_schema = 'public' and table_name = 'users'`,
    );

    const named = [...clearedUserColumns, ...Object.keys(keptUserColumns)];

    assert.deepEqual(named.toSorted(), columns);
  });

  it('declare statements that are valid SQL', async (t) => {
    const db = await withDatabase(t, 'postgres');
    const removal = createAccountRemovalStore(db, tables);
    const nobody = '00000000-0000-4000-8000-000000000000';
    const at = new Date();

    const counts = await db.transaction(async (tx) => [
      ...(await removal.removeBeforeFirstVerification(nobody, at, tx)),
      ...(await removal.removeSince(nobody, { at, since: at }, tx)),
    ]);

    assert.ok(counts.length > 20);
    assert.ok(counts.every(({ count }) => count === 0));
    assert.equal(await db.transaction((tx) => removal.deleteUser(nobody, at, tx)), false);
  });
});
