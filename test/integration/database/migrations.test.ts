// Migrations back and forth with data, and while the tables are in use.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { describe, it, type TestContext } from 'node:test';
import type { Knex } from 'knex';
import { fillDatabase } from '#bench/seed/fill.ts';
import { migrations, type Migration } from '#platform/database/migrations.ts';
import { runMigrations } from '#platform/database/schema/run-migrations.ts';
import { settable, startTestApp } from '#test/support/app.ts';
import { connectTo, createDatabase, createTestLog } from '#test/support/services/databases.ts';

const sizes = { users: 60, sessions: 30, auditEvents: 300 };

describe('each migration', () => {
  it('can be undone and applied again with data, and restores the same schema', async (t) => {
    const url = await createDatabase(t, { migrated: false });
    const db = await connectTo(t, url, { poolSize: 1 });
    const schemas = await recordSchemas(db.knex);
    await fill(t, url);

    for (const [position, migration] of [...migrations.entries()].toReversed()) {
      await undo(db.knex, migration);
      assert.deepEqual(await readSchema(db.knex), schemas[position], `down of ${migration.name}`);
      await db.migrate();
      assert.deepEqual(await readSchema(db.knex), schemas[position + 1], `up of ${migration.name}`);
      await undo(db.knex, migration);
      // The next round applies this migration no more.
      await db.knex('knex_migrations').insert({ name: migration.name, batch: 0 });
    }
    assert.deepEqual(await readSchema(db.knex), schemas[0]);
  });
});

describe('a migration of a table that is in use', () => {
  it('gives up its lock after a second, so that requests go on, and is applied later', async (t) => {
    const url = await createDatabase(t);
    const db = await connectTo(t, url);
    const reader = await connectTo(t, url, { poolSize: 1 });
    const longRead = await reader.knex.transaction();
    t.after(async () => {
      if (!longRead.isCompleted()) await longRead.rollback();
    });
    await longRead.raw('select count(*) from users');

    const more: Migration = {
      name: '9999-more',
      up: async (knex) => void (await knex.raw('alter table users add column more text')),
      down: async () => undefined,
    };
    const { knex } = await connectTo(t, url, { poolSize: 1 });
    const migrating = runMigrations({
      knex,
      log: createTestLog(),
      environment: undefined,
      migrations: [...migrations, more],
    });
    migrating.catch(() => undefined);
    const begun = performance.now();
    let slowest = 0;
    while (performance.now() - begun < 4000) {
      const sent = performance.now();
      await db.knex.raw('select 1 from users limit 1');
      slowest = Math.max(slowest, performance.now() - sent);
    }
    await longRead.commit();
    await migrating;

    // The second for which the migration may wait, and some time on a busy machine.
    assert.ok(slowest < 2000, `a request waited ${slowest} ms`);
    assert.equal(await db.knex.schema.hasColumn('users', 'more'), true);
  });
});

/** The schema before the first migration and after each. */
async function recordSchemas(knex: Knex): Promise<readonly unknown[]> {
  const schemas: unknown[] = [];
  for (let count = 0; count <= migrations.length; count += 1) {
    const first = migrations.slice(0, count);
    const run = { knex, log: createTestLog(), environment: undefined, migrations: first };
    await runMigrations(run);
    schemas.push(await readSchema(knex));
  }
  return schemas;
}

/** Rows of every kind that a `down` has to treat. */
async function fill(t: TestContext, url: string): Promise<void> {
  const app = await startTestApp(t, { settings: { DATABASE_URL: settable(url) } });
  const { services } = app;
  await fillDatabase(services, sizes, () => undefined);
  const rp = await app.relyingParty();
  const person = await app.createUser();
  await rp.login(person);
  await app.block((await app.createUser()).id);
  const { knex } = services.db;
  await knex('user_roles').insert({ user_id: person.id, role: 'auditor', granted_at: new Date() });
  const webhook = randomUUID();
  await knex('webhooks').insert({
    id: webhook,
    url: 'https://hooks.example/',
    personal_data: false,
    secret: 'sealed',
    created_at: new Date(),
  });
  await knex('outbox').insert({
    id: randomUUID(),
    kind: 'webhook',
    webhook_id: webhook,
    sealed: 'sealed',
    created_at: new Date(),
    due_at: new Date(),
  });
  await knex('mail_proofs').insert({
    id: randomUUID(),
    kind: 'sign_in',
    subject: person.id,
    email: person.email,
    email_key: person.email,
    link_hash: Buffer.alloc(32, 1),
    content: 'sealed',
    created_at: new Date(),
    expires_at: new Date(Date.now() + 60_000),
  });
  const ends = new Date(Date.now() + 60_000);
  await knex('sessions').where({ user_id: person.id }).update({
    impersonation_id: randomUUID(),
    impersonator_id: randomUUID(),
    impersonation_ends_at: ends,
    expires_at: ends,
  });
}

async function undo(knex: Knex, { name, down }: Migration): Promise<void> {
  await knex.transaction(async (tx) => {
    await down(tx);
    await tx('knex_migrations').where({ name }).delete();
  });
}

/** Tables, indexes, constraints and functions, independent of the order of columns. */
async function readSchema(knex: Knex): Promise<readonly string[]> {
  const { rows }: { rows: { line: string }[] } = await knex.raw(schema);
  return rows.map(({ line }) => line);
}

const schema = `
  select line
    from (
      select format('column %s.%s %s %s %s', table_name, column_name, data_type, is_nullable,
                    column_default) as line
        from information_schema.columns
       where table_schema = 'public' and table_name not like 'knex_%'
      union all
      select indexdef from pg_indexes
       where schemaname = 'public' and tablename not like 'knex_%'
      union all
      select format('constraint %s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
        from pg_constraint
       where connamespace = 'public'::regnamespace and contype <> 'n'
         and conrelid::regclass::text not like 'knex_%'
      union all
      select pg_get_functiondef(oid) from pg_proc where pronamespace = 'public'::regnamespace
    ) as lines
   order by line collate "C"`;
