// Each database belongs to one environment: processes of another one are refused, before they change
// anything.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { connectPostgres } from '#platform/database/postgres.ts';
import { cheapSettings } from '#test/support/app.ts';
import { createTestLog } from '#test/support/services/databases.ts';
import {
  closeInReverse,
  createServerDatabase,
  openShell,
  startServer,
} from '#test/support/cli/shell.ts';
import type { CleanUp } from '#test/support/services/databases.ts';

const refusal =
  /This database belongs to the environment "production", and ENVIRONMENT is "staging"\..*"ostiary database environment staging --from production"/;

async function openPlace(t: CleanUp) {
  const works = closeInReverse(t);
  const DATABASE_URL = await createServerDatabase(works, { migrated: false });
  const keys = {
    ENCRYPTION_KEYS: cheapSettings['ENCRYPTION_KEYS'] ?? '',
    COOKIE_KEYS: cheapSettings['COOKIE_KEYS'] ?? '',
  };
  const settings = { ...keys, DATABASE_URL, PORT: '0' };
  const db = await connectPostgres({ url: DATABASE_URL, log: createTestLog(), poolSize: 1 });
  works.after(() => db.close());
  return {
    works,
    settings,
    db,
    production: await openShell(works, { ...settings, ENVIRONMENT: 'production' }),
    staging: await openShell(works, { ...settings, ENVIRONMENT: 'staging' }),
  };
}

describe('a database of another environment', () => {
  it('is refused by migrate, by commands and by the server, and stays as it was', async (t) => {
    const { works, settings, db, production, staging } = await openPlace(t);
    await production.done(['migrate']);
    // A migration that is pending for the other environment.
    await db.knex('knex_migrations').where({ name: '0029-audit-events-by-name' }).delete();
    await db.knex.raw('drop index audit_events_event');

    const migrated = await staging.run(['migrate', '--json']);
    const asked = await staging.run(['user', 'list']);
    const started = startServer(works, { ...settings, ENVIRONMENT: 'staging' });

    assert.deepEqual([migrated.exitCode, migrated.json()['error']], [4, 'conflict']);
    for (const { err, exitCode } of [migrated, asked]) {
      assert.match(err, refusal);
      assert.equal(exitCode, 4);
    }
    await assert.rejects(started, (error: Error) => refusal.test(error.message));
    assert.equal(await db.knex.schema.hasTable('installation'), true);
    const index = `select to_regclass('audit_events_event') is null as pending`;
    assert.equal((await db.knex.raw(index)).rows[0].pending, true);
    const [row] = await db.knex('installation').select('environment');
    assert.equal(row.environment, 'production');
  });

  it('can be moved on purpose, from the environment that it belongs to', async (t) => {
    const { db, production, staging } = await openPlace(t);
    await production.done(['migrate']);
    const move = (from: string) => ['database', 'environment', 'staging', '--from', from];

    const wrong = await staging.run(move('development'));
    const checked = await staging.run(['doctor']);
    const moved = await staging.done([...move('production'), '--json']);
    const after = await staging.done(['user', 'list']);
    const refused = await production.run(['user', 'list']);

    assert.equal(wrong.exitCode, 4);
    assert.match(wrong.err, /does not belong to the environment development/);
    assert.match(checked.out, /fail +environment: .*"production", not to "staging"/);
    assert.deepEqual(moved.json(), {
      environment: 'staging',
      former: 'production',
      held_back_jobs: 0,
    });
    assert.equal(after.exitCode, 0);
    assert.equal(refused.exitCode, 4);
    const events = await db.knex('audit_events').where({ event: 'database.environment_changed' });
    assert.deepEqual(
      events.map(({ details }) => details),
      [{ from: 'production', to: 'staging' }],
    );
  });

  it('is recorded by the first of several that start at the same time', async (t) => {
    const { db, production, staging } = await openPlace(t);

    const ran = await Promise.all([production.run(['migrate']), staging.run(['migrate'])]);

    const codes = ran.map(({ exitCode }) => Number(exitCode));
    assert.deepEqual(
      codes.toSorted((a, b) => a - b),
      [0, 4],
    );
    const [row] = await db.knex('installation').select('environment');
    const winner = ran[0].exitCode === 0 ? 'production' : 'staging';
    assert.equal(row.environment, winner);
  });
});
