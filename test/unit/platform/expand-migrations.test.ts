// Migrations since the previous release only expand the schema, so that nodes of that release continue to
// work.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Knex } from 'knex';
import { migrations } from '#platform/database/migrations.ts';
import { findProblems } from '#test/support/data/expand-migrations.ts';
import { previousRelease } from '#test/upgrade/previous-release.ts';

/**
 * Migrations that contract the schema, or break a rule on purpose, with the reason why the previous
 * release does not rely on what they change.
 */
const exceptions: Readonly<Record<string, string>> = {};

describe('migrations since the previous release', () => {
  const added = migrations.filter(({ name }) => name > previousRelease.newestMigration);

  for (const migration of added) {
    it(`${migration.name} only adds`, async () => {
      const problems = await findProblems(migration);

      if (exceptions[migration.name] === undefined) assert.deepEqual(problems, []);
      else assert.notDeepEqual(problems, [], 'this exception is no longer needed');
    });
  }

  it('follow those of the previous release', () => {
    const position = migrations.findIndex(({ name }) => name === previousRelease.newestMigration);
    const older = migrations.slice(0, position + 1);

    assert.ok(position > 0);
    assert.ok(older.every(({ name }) => name <= previousRelease.newestMigration));
    assert.deepEqual(
      Object.keys(exceptions).filter((name) => added.every((each) => each.name !== name)),
      [],
    );
  });
});

describe('the rules for migrations', () => {
  const refused: readonly (readonly [string, string])[] = [
    ['drop table consents', 'drops a table'],
    ['alter table users drop column name', 'drops a column'],
    ['alter table users rename column name to full_name', 'renames'],
    ['alter table users alter column name type varchar(10)', 'changes the type of a column'],
    ['alter table users alter column name set not null', 'forbids null in an existing column'],
    ['delete from grants where true', 'deletes rows'],
    [
      'alter table clients add column kind text not null',
      'adds a column that must have a value, without a default',
    ],
    ['update users set name = null', 'rewrites all rows of a large table'],
    [
      'create index users_name on users (name)',
      'builds an index of a large table, without "if not exists"',
    ],
  ];

  for (const [statement, problem] of refused) {
    it(`refuse: ${statement}`, async () => {
      assert.deepEqual(await problemsOf(statement), [problem]);
    });
  }

  const accepted = [
    'create table things (id uuid primary key, name text not null); create index a on things (name)',
    'alter table users add column age integer',
    "alter table users add column kind text not null default 'person'",
    "alter table users add column kind text default 'person' not null",
    'create index if not exists users_name on users (name)',
    'update signing_keys set status = status',
  ];

  for (const statement of accepted) {
    it(`accept: ${statement}`, async () => {
      assert.deepEqual(await problemsOf(statement), []);
    });
  }
});

function problemsOf(statement: string): Promise<readonly string[]> {
  return findProblems({
    async up(db: Knex) {
      await db.raw(statement);
    },
  });
}
