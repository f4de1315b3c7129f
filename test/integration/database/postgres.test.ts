// Statements on PostgreSQL: round trips, preparation, transactions, and concurrent migrations.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { isUniqueViolation, type Database } from '#platform/database/postgres.ts';
import { createAuthorizationContextStore } from '#core/subject-status/authorization-context.store.ts';
import { createUserStore } from '#core/users/users.store.ts';
import { aUser, noon } from '#test/support/data/builders.ts';
import { connectTo, createDatabase, withDatabase } from '#test/support/services/databases.ts';

const one = { name: 'test_one', text: 'select $1::integer as number' };

describe('migrate', () => {
  it('runs in exactly one of many processes that start on an empty database', async (t) => {
    const url = await createDatabase(t, { migrated: false });
    const nodes = await Promise.all(Array.from({ length: 4 }, () => connectTo(t, url)));

    await Promise.all(nodes.map((node) => node.migrate()));

    const done: string[] = await first(nodes).knex('knex_migrations').orderBy('id').pluck('name');
    const files = await readdir(new URL('../../../migrations', import.meta.url));
    assert.deepEqual(done, files.map((file) => file.replace(/\.ts$/, '')).toSorted());
  });

  it('accepts migrations that are newer than this version', async (t) => {
    const db = await withDatabase(t, 'postgres');
    await db.knex('knex_migrations').insert({ name: '9999-later', batch: 2 });

    await db.migrate();

    await db.ping();
  });
});

describe('statement', () => {
  it('is never compiled (JIT), which would take longer than the statement', async (t) => {
    const db = await withDatabase(t, 'postgres');

    const shown = await db.run<{ jit: string }>({ name: 'test_jit', text: 'show jit' }, []);

    assert.deepEqual(shown.rows, [{ jit: 'off' }]);
  });

  it('that authorizes a request is planned as a few lookups, without statistics', async (t) => {
    const db = await connectTo(t, await createDatabase(t), { poolSize: 1 });
    await createAuthorizationContextStore(db).load(
      { userId: randomUUID(), grantId: 'none', sessionUid: 'none' },
      noon,
    );

    const text = 'explain execute actors_by_ids (null, null, null, null)';
    const { rows } = await db.run<{ 'QUERY PLAN': string }>({ name: 'test_plan', text }, []);

    // PostgreSQL compiles plans of 100,000 and more.
    const cost = /cost=[\d.]+\.\.([\d.]+)/.exec(rows[0]?.['QUERY PLAN'] ?? '')?.[1];
    assert.ok(Number(cost) < 1_000, cost);
  });

  it('takes one round trip, and a transaction three', async (t) => {
    const db = await withDatabase(t, 'postgres');

    const alone = await countTrips(db, () => db.run(one, [1]));
    const together = await countTrips(db, () => db.transaction((tx) => db.run(one, [1], tx)));

    assert.deepEqual([alone, together], [1, 3]);
  });

  it('is prepared once per connection, inside and outside transactions', async (t) => {
    const db = await connectTo(t, await createDatabase(t), { poolSize: 1 });

    for (const number of [1, 2, 3]) {
      const { rows } = await db.run<{ number: number }>(one, [number]);
      assert.deepEqual(rows, [{ number }]);
    }
    await db.transaction((tx) => db.run(one, [4], tx));

    const { rows } = await db.run<{ calls: string }>(
      {
        name: 'test_calls',
        text: `select (generic_plans + custom_plans)::text as calls
                 from pg_prepared_statements where name = $1`,
      },
      [one.name],
    );
    assert.deepEqual(rows, [{ calls: '4' }]);
  });

  it('is rejected after its transaction ended, since the connection serves others', async (t) => {
    const db = await withDatabase(t, 'postgres');

    const over = await db.transaction((tx) => Promise.resolve([tx]));

    await assert.rejects(db.run(one, [1], over[0]), /after its end/);
  });

  it('that failed makes the transaction fail, even if the error is caught', async (t) => {
    const db = await withDatabase(t, 'postgres');
    const user = aUser();

    const work = db.transaction(async (tx) => {
      await createUserStore(db).insert(user, tx);
      await tx.raw('select 1 / 0').catch(() => undefined);
    });

    await assert.rejects(work, /was not committed/);
    assert.equal(await createUserStore(db).findById(user.id), undefined);
  });

  it('that violates a constraint reports its name and no values', async (t) => {
    const db = await withDatabase(t, 'postgres');
    const row = { id: randomUUID(), email: 'Ann@x.example', email_key: 'ann@x.example' };
    const insert = () => db.knex('users').insert({ ...row, created_at: noon, updated_at: noon });
    await insert();

    const error: unknown = await insert().catch((thrown: unknown) => thrown);

    assert.ok(error instanceof Error);
    assert.deepEqual(
      [undefined, 'users_pkey', 'users_email_key_key'].map((name) =>
        isUniqueViolation(error, name),
      ),
      [true, true, false],
    );
    assert.doesNotMatch(error.message, /ann@/i);
  });
});

async function countTrips(db: Database, work: () => Promise<unknown>): Promise<number> {
  const before = db.statements();
  await work();
  return db.statements() - before;
}

function first<T>(items: readonly T[]): T {
  const [item] = items;
  if (item === undefined) throw new Error('the list is empty');
  return item;
}
