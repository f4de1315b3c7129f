// Named statements: what they return and report is the same as with pg's own queries, which Knex uses,
// although their columns are described once per connection only.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Pool } from 'pg';
import { createConnectionPool } from '#platform/database/pool/connections.ts';
import { createPooledDatabase } from '#platform/database/pooled-database.ts';
import type { Database } from '#platform/database/postgres.ts';
import {
  connectTo,
  createDatabase,
  createTestLog,
  describeOnEachKind,
} from '#test/support/services/databases.ts';

const everyType = `
  select 7::integer as number, 8::bigint as big, 1.50::numeric as amount, true as flag, null as nothing,
         'text' as words, gen.id::uuid as id, '\\x00ff'::bytea as bytes, array['a', null]::text[] as list,
         '2026-02-03 04:05:06.789+00'::timestamptz as at, 'infinity'::timestamptz as never,
         '{"a": [1]}'::jsonb as document, row_to_json(gen) as line
    from (select '00000000-0000-4000-8000-000000000001' as id) gen`;

describeOnEachKind('a named statement', (database) => {
  it('returns the values that pg returns, each time', async () => {
    const db = database();
    const { rows: expected }: { rows: object[] } = await db.knex.raw(everyType);

    for (let time = 0; time < 3; time += 1) {
      const result = await db.run({ name: 'test_every_type', text: everyType }, []);

      assert.deepEqual(result, { rows: expected, rowCount: 1 });
    }
  });

  it('binds the values that pg binds', async () => {
    const at = new Date('2026-02-03T04:05:06.789Z');
    const values = [1, 'ü', false, at, Buffer.from('ff00', 'hex'), { a: 1 }, ['x', 'y'], null];
    const types = ['integer', 'text', 'boolean', 'timestamptz', 'bytea', 'jsonb', 'text[]', 'uuid'];
    const columns = types.map((type, index) => `$${index + 1}::${type} as v${index}`).join(', ');

    const { rows } = await database().run(
      { name: 'test_values', text: `select ${columns}` },
      values,
    );

    assert.deepEqual(Object.values(rows[0] ?? {}), values);
  });

  it('returns the rows of its own connection, however many arrive at once on others', async () => {
    const db = database();
    const text = `select $1::text || number as value, repeat($1::text, 20000) as filling
                    from generate_series(1, 20) number`;
    const letters = ['a', 'b', 'c', 'd', 'e', 'f'];

    const results = await Promise.all(
      letters.map((letter) => db.run({ name: 'test_large', text }, [letter])),
    );

    for (const [index, letter] of letters.entries()) {
      const filling = letter.repeat(20_000);
      const rows = Array.from({ length: 20 }, (_, row) => ({ value: letter + (row + 1), filling }));
      assert.deepEqual(results[index], { rows, rowCount: 20 });
    }
  });

  it('counts the rows that it returns or changes', async () => {
    const db = database();
    await db.knex.raw('create table test_counted (number integer primary key)');
    const insert = {
      name: 'test_insert',
      text: 'insert into test_counted select generate_series(1, $1::integer)',
    };
    const find = {
      name: 'test_find',
      text: 'select number from test_counted where number > $1 order by number',
    };

    for (const [statement, value, expected] of [
      [insert, 3, { rows: [], rowCount: 3 }],
      [find, 1, { rows: [{ number: 2 }, { number: 3 }], rowCount: 2 }],
      [find, 3, { rows: [], rowCount: 0 }],
    ] as const) {
      assert.deepEqual(await db.run(statement, [value]), expected);
    }
  });

  it('that failed at first can be repeated', async () => {
    const db = database();
    const divide = { name: 'test_divide', text: 'select 6 / $1::integer as quotient' };
    const wrong = { name: 'test_wrong', text: 'select nothing from nowhere' };

    for (let time = 0; time < 2; time += 1) {
      await assert.rejects(db.run(divide, [0]), { code: '22012' });
      await assert.rejects(db.run(wrong, []), { code: '42P01' });
      assert.deepEqual((await db.run(divide, [2])).rows, [{ quotient: 3 }]);
    }
  });

  it('whose value cannot be written is refused, and its connection stays in use', async () => {
    const db = database();
    const circular: Record<string, unknown> = {};
    circular['self'] = circular;
    const echo = { name: 'test_echo', text: 'select $1::jsonb as value' };

    await assert.rejects(db.run(echo, [circular]), TypeError);

    assert.deepEqual((await db.run(echo, [{}])).rows, [{ value: {} }]);
  });

  it('is refused if another has its name', async () => {
    const db = database();
    await db.run({ name: 'test_twice', text: 'select 1 as number' }, []);

    await assert.rejects(db.run({ name: 'test_twice', text: 'select 2 as number' }, []), /two/i);
  });
});

describe('the columns of a named statement', () => {
  it('are described once for each connection', async (t) => {
    const { db, described } = await countDescriptions(await createDatabase(t));
    t.after(() => db.close());

    for (const number of [1, 2, 3]) {
      await db.run({ name: 'test_select', text: 'select $1::integer as number' }, [number]);
    }
    await db.run({ name: 'test_other', text: 'select 1 as number' }, []);

    assert.equal(described(), 2);
  });

  it('may not change: PostgreSQL refuses the statement then', async (t) => {
    const db = await connectTo(t, await createDatabase(t), { poolSize: 1 });
    const all = { name: 'test_all', text: 'select * from test_changed' };
    await db.knex.raw('create table test_changed as select 1 as first');
    await db.run(all, []);

    await db.knex.raw('alter table test_changed add column second text');

    await assert.rejects(db.run(all, []), /must not change result type/);
  });
});

/** A database with one connection, and the number of descriptions of columns that it received. */
async function countDescriptions(connectionString: string) {
  const pool = new Pool({ connectionString, max: 1 });
  let count = 0;
  pool.on('connect', ({ connection }) => {
    connection.on('rowDescription', () => (count += 1));
  });
  const db: Database = createPooledDatabase({
    kind: 'postgres',
    pool: createConnectionPool({ pool, log: createTestLog() }),
    migrate: () => Promise.reject(new Error('not migrated here')),
    close: () => pool.end(),
  });
  return { db, described: () => count };
}
