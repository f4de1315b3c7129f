// Cleanup of large numbers of expired rows: no statement removes more than one batch or waits for a lock,
// and none reads the whole table to find expired rows (docs/decisions/0053).
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { tables } from '#server/modules.ts';
import { isKept } from '#core/modules/table-rules.ts';
import {
  batchSizes,
  createExpiredRowStore,
  removalsOf,
} from '#features/cleanup/expired-rows.store.ts';
import type { Database } from '#platform/database/postgres.ts';
import { later, noon } from '#test/support/data/builders.ts';
import { connectTo, createDatabase, describeOnEachKind } from '#test/support/services/databases.ts';

const [smallest, usual, largest] = batchSizes;
const rows = smallest + usual + largest + 10;

/** Inserts of `$1` rows that expired at `$2`, into each table that grows with use. */
const inserts = {
  grants: `insert into grants (id, user_id, client_id, content, created_at, expires_at)
           select 'grant ' || n, gen_random_uuid(), 'app', '{}', $2, $2`,
  refresh_families: `insert into refresh_families (id, grant_id, user_id, client_id, current_hash, content,
                            created_at, expires_at)
                     select gen_random_uuid(), 'grant ' || n, gen_random_uuid(), 'app', '\\x00', '{}', $2, $2`,
  sessions: `insert into sessions (uid, id_hash, created_at, last_used_at, expires_at)
             select 'session ' || n, sha256(n::text::bytea), $2, $2, $2`,
  code_redemptions: `insert into code_redemptions (code_hash, grant_id, redeemed_at, expires_at)
                     select sha256(n::text::bytea), 'grant ' || n, $2, $2`,
  revoked_tokens: `insert into revoked_tokens (jti_hash, expires_at)
                   select sha256(n::text::bytea), $2`,
  access_tokens: `insert into access_tokens (id_hash, content, expires_at)
                  select sha256(n::text::bytea), '{}', $2`,
} as const;

async function fill(db: Database, table: keyof typeof inserts, count = rows): Promise<void> {
  const text = `${inserts[table]}::timestamptz from generate_series(1, $1::integer) n`;
  await db.run({ name: '', text }, [count, noon]);
}

async function countRows(db: Database, table: string): Promise<number> {
  const text = `select count(*)::integer as count from ${table}`;
  const result = await db.run<{ count: number }>({ name: '', text }, []);
  return result.rows[0]?.count ?? Number.NaN;
}

const growing = Object.keys(inserts) as (keyof typeof inserts)[]; // of that object

describeOnEachKind('cleanup of many rows', (database) => {
  for (const table of growing) {
    it(`finds the oldest of ${table} by an index, even if most of the rows have expired`, async () => {
      const db = database();
      await fill(db, table, 20_000);
      await db.knex.raw(`analyze ${table}`);
      const [removal] = removalsOf(tables.filter((each) => each.table === table));
      const { rows: plan } = await db.run<{ 'QUERY PLAN': string }>(
        { name: '', text: `explain ${removal?.at(-1)?.text}` },
        [later(3600)],
      );
      await db.knex(table).delete();

      assert.match(
        plan.map((line) => line['QUERY PLAN']).join('\n'),
        new RegExp(`LockRows.*\n *-> +Index Scan using ${table}_expiry`),
      );
    });

    it(`removes at most one batch of ${table} per statement`, async () => {
      const db = database();
      await fill(db, table);
      const store = createExpiredRowStore(
        db,
        tables.filter((each) => each.table === table),
        () => 0,
      );
      const removed: number[] = [];
      while (removed.at(-1) !== 0) removed.push(await store.removeBatch(later(3600)));

      assert.deepEqual(removed, [smallest, usual, largest, 10, 0]);
      assert.equal(await countRows(db, table), 0);
    });
  }

  it('finds expired rows of each growing table by an index', async () => {
    const { rows: found } = await database().run<{ tablename: string }>(
      { name: '', text: `select tablename from pg_indexes where indexdef ~ '\\(expires_at'` },
      [],
    );
    const indexed = new Set(found.map(({ tablename }) => tablename));

    assert.deepEqual(
      Object.keys(inserts).filter((table) => !indexed.has(table)),
      [],
    );
    assert.deepEqual(
      Object.keys(inserts).filter((name) => {
        const rules = tables.find(({ table }) => table === name);
        return !rules || isKept(rules.cleanup);
      }),
      [],
    );
  });
});

it('cleanup removes fewer rows after a slow statement, and more after a fast one', async (t) => {
  const db = await connectTo(t, await createDatabase(t));
  await fill(db, 'grants');
  let milliseconds = 0;
  let duration = 0;
  const store = createExpiredRowStore(
    db,
    tables.filter(({ table }) => table === 'grants'),
    () => (milliseconds += duration),
  );
  const removed: number[] = [];
  for (const next of [1, 60, 60, 20, 1, 1]) {
    duration = next;
    removed.push(await store.removeBatch(later(3600)));
  }

  assert.deepEqual(removed, [smallest, usual, smallest, smallest, smallest, usual]);
});

it('cleanup starts with the fewest rows, however often it has found none', async (t) => {
  const db = await connectTo(t, await createDatabase(t));
  let milliseconds = 0;
  const store = createExpiredRowStore(
    db,
    tables.filter(({ table }) => table === 'grants'),
    () => (milliseconds += 1),
  );
  for (let round = 0; round < 3; round++) await store.removeBatch(later(3600));
  await fill(db, 'grants');

  assert.equal(await store.removeBatch(later(3600)), smallest);
});

it('cleanup skips a row that another transaction has locked', async (t) => {
  const url = await createDatabase(t);
  const [db, other] = [await connectTo(t, url), await connectTo(t, url)];
  await fill(db, 'grants');
  const store = createExpiredRowStore(
    db,
    tables.filter(({ table }) => table === 'grants'),
  );

  await other.knex.transaction(async (transaction) => {
    await transaction.raw(`select 1 from grants where id = 'grant 1' for update`);
    let total = 0;
    for (let removed = -1; removed !== 0; total += removed) {
      removed = await store.removeBatch(later(3600));
    }

    assert.equal(total, rows - 1);
  });
  assert.equal(await countRows(db, 'grants'), 1);
});
