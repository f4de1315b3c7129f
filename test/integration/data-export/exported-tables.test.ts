// A data export is complete: every table with user data is included, or excluded here for a reason.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { exportParts, signInMethodsText } from '#features/data-export/export-part-list.store.ts';
import { withDatabase } from '#test/support/services/databases.ts';

const elsewhere: Readonly<Record<string, string>> = {
  account_exports: 'the copies themselves',
  factor_failures: 'a count of wrong codes, gone with the next right one',
  user_handles: 'a random number that authenticators know the account by',
  user_roles: 'in the part about the account',
};

describe('data export', () => {
  it('includes every table with user data', async (t) => {
    const db = await withDatabase(t, 'postgres');
    const { rows } = await db.knex.raw<{ rows: { name: string }[] }>(`
      select table_name as name
        from information_schema.columns
       where table_schema = 'public' and column_name = 'user_id'
       order by 1`);
    const texts = [...exportParts.map(({ text }) => text), signInMethodsText].join('\n');

    const missing = rows
      .map(({ name }) => name)
      .filter((name) => !new RegExp(`from ${name}\\b`).test(texts) && !(name in elsewhere));

    assert.ok(rows.length > 10);
    assert.deepEqual(missing, []);
  });
});
