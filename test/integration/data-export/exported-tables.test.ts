// A data export reads every list and every value that the modules declare.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createExportPartStore } from '#features/data-export/export-parts.store.ts';
import { tables } from '#server/modules.ts';
import { withDatabase } from '#test/support/services/databases.ts';

const nobody = '00000000-0000-4000-8000-000000000000';

describe('data export', () => {
  it('reads the lists of all modules with valid SQL', async (t) => {
    const parts = createExportPartStore(await withDatabase(t, 'postgres'), tables);

    const pages = await Promise.all(parts.names.map((name) => parts.page(name, nobody, undefined)));

    assert.ok(parts.names.length > 8);
    assert.ok(pages.every(({ entries, next }) => entries.length === 0 && next === undefined));
  });

  it('reads the single values of all modules with valid SQL', async (t) => {
    const parts = createExportPartStore(await withDatabase(t, 'postgres'), tables);

    assert.deepEqual(await parts.once(nobody), { recovery_codes_left: 0 });
  });
});
