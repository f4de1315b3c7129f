// The list of account data must cover every table of the schema.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  accountContents,
  emptiedUserColumns,
  keptUserColumns,
} from '#features/account-cleanup/account-contents.store.ts';
import { createAccountRemovalStore } from '#features/account-cleanup/account-removal.store.ts';
import { withDatabase } from '#test/support/services/databases.ts';

/** Tables with a user column, identified by its name or its foreign key. */
const tablesThatKnowUsers = `
  select table_name as name
    from information_schema.columns
   where table_schema = 'public' and column_name = 'user_id'
  union
  select conrelid::regclass::text from pg_constraint
   where contype = 'f' and confrelid = 'users'::regclass
  union
  select 'users'`;

describe('account contents', () => {
  it('lists every table with user data, as deleted or kept for a reason', async (t) => {
    const db = await withDatabase(t, 'postgres');
    const { rows } = await db.knex.raw<{ rows: { name: string }[] }>(tablesThatKnowUsers);

    const there = rows.map(({ name }) => name).toSorted();

    assert.ok(there.length > 10);
    assert.deepEqual([...new Set(accountContents.map(({ table }) => table))].toSorted(), there);
  });

  it('lists every column of users, as cleared or kept for a reason', async (t) => {
    const db = await withDatabase(t, 'postgres');
    const { rows } = await db.knex.raw<{ rows: { name: string }[] }>(`
      select column_name as name
        from information_schema.columns
       where table_schema = 'public' and table_name = 'users'`);

    const named = [...emptiedUserColumns, ...Object.keys(keptUserColumns)];

    assert.deepEqual(named.toSorted(), rows.map(({ name }) => name).toSorted());
  });

  it('contains statements that are valid SQL', async (t) => {
    const db = await withDatabase(t, 'postgres');
    const contents = createAccountRemovalStore(db);
    const nobody = '00000000-0000-4000-8000-000000000000';
    const at = new Date();

    const counts = await db.transaction(async (tx) => [
      ...(await contents.removeAll(nobody, at, tx)),
      ...(await contents.removeSince(nobody, { at, since: at }, tx)),
    ]);

    assert.ok(counts.length > 20);
    assert.ok(counts.every(({ count }) => count === 0));
  });
});
