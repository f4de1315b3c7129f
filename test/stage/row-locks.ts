// Requests that meet in the database, in an order that the test decides: the test holds a lock, the
// requests queue up behind it, and PostgreSQL serves them in the order in which they came.
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import type { Knex } from 'knex';
import type { TestApp } from '#test/app.ts';

const mostLooks = 500;

/** How many statements of this database wait for a lock. */
async function waiting({ installation }: TestApp): Promise<number> {
  const { rows } = await installation.db.knex.raw<{ rows: { count: number }[] }>(`
    select count(*)::integer as count
      from pg_stat_activity
     where datname = current_database() and wait_event_type = 'Lock'`);
  return rows[0]?.count ?? 0;
}

async function untilWaiting(app: TestApp, expected: number): Promise<void> {
  for (let look = 0; look < mostLooks; look += 1) {
    if ((await waiting(app)) >= expected) return;
    await pause(10);
  }
  assert.fail(`no more than ${await waiting(app)} of ${expected} requests wait for the lock`);
}

/**
 * Takes the lock, starts the requests one behind the other, does `meanwhile`, lets go of the lock and
 * answers with what came of the requests.
 */
export async function inLine<Result>(
  app: TestApp,
  lock: (tx: Knex) => Promise<unknown>,
  requests: readonly (() => Promise<Result>)[],
  meanwhile: () => Promise<unknown> = async () => {},
): Promise<Result[]> {
  const started: Promise<Result>[] = [];
  await app.installation.db.transaction(async (tx) => {
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

/** What is taken while a mail of that kind is written for a user or an address. */
export function proofOf(kind: string, subject: string) {
  return (tx: Knex): Promise<unknown> =>
    tx.raw(`select pg_advisory_xact_lock(hashtextextended('mail proof ' || ? || ' ' || ?, 0))`, [
      kind,
      subject,
    ]);
}
