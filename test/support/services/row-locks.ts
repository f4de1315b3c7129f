// Runs concurrent requests in a defined order: the test holds a lock, the requests wait for it, and
// PostgreSQL grants it to them in the order in which they began to wait.
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import type { Knex } from 'knex';
import type { TestApp } from '#test/support/app.ts';

const maxChecks = 500;

type WithServices = Pick<TestApp, 'services'>;

/** The number of statements in this database that wait for a lock. */
async function waiting({ services }: WithServices): Promise<number> {
  const { rows } = await services.db.knex.raw<{ rows: { count: number }[] }>(`
    select count(*)::integer as count
      from pg_stat_activity
     where datname = current_database() and wait_event_type = 'Lock'`);
  return rows[0]?.count ?? 0;
}

/** Resolves when this many statements wait for a lock. */
export async function untilWaiting(app: WithServices, expected: number): Promise<void> {
  for (let check = 0; check < maxChecks; check += 1) {
    if ((await waiting(app)) >= expected) return;
    await pause(10);
  }
  assert.fail(`only ${await waiting(app)} of ${expected} requests wait for the lock`);
}

/**
 * Takes the lock, starts the requests one after the other, runs `meanwhile`, releases the lock and
 * returns the results of the requests.
 */
export async function inLine<Result>(
  app: WithServices,
  lock: (tx: Knex) => Promise<unknown>,
  requests: readonly (() => Promise<Result>)[],
  meanwhile: () => Promise<unknown> = async () => {},
): Promise<Result[]> {
  const started: Promise<Result>[] = [];
  await app.services.db.transaction(async (tx) => {
    await lock(tx);
    for (const request of requests) {
      started.push(request());
      await untilWaiting(app, started.length);
    }
    await meanwhile();
  });
  return Promise.all(started);
}

export function rowOfUser(id: string) {
  return (tx: Knex): Promise<unknown> => tx('users').where({ id }).forUpdate().select('id');
}

/** The lock that is held while an email token of this kind is created for a user or an address. */
export function proofOf(kind: string, subject: string) {
  return (tx: Knex): Promise<unknown> =>
    tx.raw(`select pg_advisory_xact_lock(hashtextextended('mail proof ' || ? || ' ' || ?, 0))`, [
      kind,
      subject,
    ]);
}
