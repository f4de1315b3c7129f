// Which statements the measurement of queries may repeat.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { writes } from '#bench/queries/statements.ts';

describe('writes', () => {
  it('finds a change inside a statement that begins with a query', () => {
    const statements = [
      'insert into users (id) values ($1)',
      'with s as (update sessions set a = 1 returning id) select id from s',
      'with s as (select 1) insert into audit_events (id) select $1',
      'with gone as (\n delete from grants where id = $1 returning id)\nselect * from gone',
      'update users u set name = $1',
    ];
    for (const text of statements) assert.equal(writes(text), true, text);
  });

  it('lets queries be repeated, also those that lock rows', () => {
    const statements = [
      'select * from users where id = $1',
      '\n with u as (select 1) select * from u',
      'select id from outbox for update skip locked',
      'select updated_at from users for no key update of u',
    ];
    for (const text of statements) assert.equal(writes(text), false, text);
  });
});
