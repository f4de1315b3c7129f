// Errors of a request when PostgreSQL is unavailable, hangs, is full or is the wrong server.
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { Worker } from 'node:worker_threads';
import { AppError } from '#platform/errors.ts';
import { connectPostgres, type Database } from '#platform/database/postgres.ts';
import { runInRequestScope } from '#platform/request/request-scope.ts';
import { createUserStore } from '#core/users/users.store.ts';
import { aUser } from '#test/support/data/builders.ts';
import {
  connectTo,
  createDatabase,
  createTestLog,
  withDatabase,
} from '#test/support/services/databases.ts';
import { startProxy } from '#test/support/services/unix-socket-proxy.ts';

const one = { name: 'test_one', text: 'select $1::integer as number' };

describe('unavailable PostgreSQL', () => {
  it('is reported as unavailable at start-up', async () => {
    const url = 'postgres://postgres@/nothing?host=/nowhere';

    await assert.rejects(connectPostgres({ url, log: createTestLog() }), isUnavailable);
  });

  it('fails statements and transactions in time, and reconnects', async (t) => {
    const { db, proxy } = await connectThroughProxy(t);
    const failures = () => [
      db.run(one, [1]),
      db.transaction((tx) => db.run(one, [1], tx)),
      db.transaction(async (tx) => {
        proxy.freeze();
        await db.run(one, [1], tx);
      }),
      db.ping(),
    ];

    const begun = performance.now();
    const outcomes = await Promise.allSettled(failures());
    const seconds = (performance.now() - begun) / 1000;
    proxy.heal();

    assert.ok(outcomes.some((outcome) => outcome.status === 'rejected'));
    for (const outcome of outcomes) {
      assert.ok(outcome.status === 'fulfilled' || isUnavailable(outcome.reason));
    }
    assert.ok(seconds < 4, `it took ${seconds} seconds`);
    await db.ping();
  });

  it('is waited for once per request, however many statements the request runs', async (t) => {
    const { db, proxy } = await connectThroughProxy(t);
    proxy.freeze();

    const begun = performance.now();
    const outcomes = await runInRequestScope(async () => {
      const first = await Promise.allSettled([db.run(one, [1])]);
      const others = [() => db.transaction((tx) => db.run(one, [1], tx)), () => db.ping()];
      return [...first, ...(await Promise.allSettled(others.map((ask) => ask())))];
    });
    const seconds = (performance.now() - begun) / 1000;

    for (const outcome of outcomes) {
      assert.ok(outcome.status === 'rejected' && isUnavailable(outcome.reason));
    }
    assert.ok(seconds < 3, `it took ${seconds} seconds`);
    proxy.heal();
    await db.ping();
  });

  it('fails the statement in progress, and the next statement reconnects', async (t) => {
    const { db, proxy } = await connectThroughProxy(t);
    const underWay = db.knex.raw('select pg_sleep(5)').then(
      () => undefined,
      (error: unknown) => error,
    );
    await db.ping();

    proxy.cut();

    const error = await underWay;
    assert.ok(isUnavailable(error));
    assert.doesNotMatch(error.message, /select/);
    await assert.rejects(db.run(one, [1]), isUnavailable);
    proxy.heal();
    await db.ping();
  });

  it('may close idle connections, which are replaced without an error', async (t) => {
    const url = await createDatabase(t);
    const db = await connectTo(t, url);
    const operator = await connectTo(t, url);

    for (const statement of statementsOn(db)) {
      await Promise.all([1, 2, 3].map((number) => db.run(one, [number])));
      await terminateOthers(operator);
      await statement();
    }
  });

  it('may close idle connections while the process is too busy to notice', async (t) => {
    const url = await createDatabase(t);
    const db = await connectTo(t, url);
    const terminate = startTerminating(t, url);

    for (const statement of statementsOn(db)) {
      await Promise.all([1, 2, 3].map((number) => db.run(one, [number])));
      terminate();
      await statement();
    }
  });

  it('fails writes and readiness while it is read-only, and then reconnects', async (t) => {
    const url = await createDatabase(t);
    const operator = await connectTo(t, url);
    await setReadOnly(operator, 'on');
    const db = await connectTo(t, url, { poolSize: 1 });

    await assert.rejects(db.ping(), isUnavailable);
    await assert.rejects(createUserStore(db).insert(aUser()), isUnavailable);
    await setReadOnly(operator, 'off');

    await createUserStore(db).insert(aUser());
    await db.ping();
  });

  it('responds with a retry delay if no connection is free within two seconds', async (t) => {
    const db = await connectTo(t, await createDatabase(t), { poolSize: 1 });
    const begun = performance.now();

    await db.transaction(async () => {
      const waiting = [db.run(one, [1]), db.knex.raw('select 1'), db.transaction(async () => 1)];
      const outcomes = await Promise.allSettled(waiting);
      assert.ok(outcomes.every((o) => o.status === 'rejected' && isUnavailable(o.reason)));
    });

    assert.ok(performance.now() - begun < 3500);
    await db.ping();
  });

  it('aborts a statement that runs too long or waits for a lock', async (t) => {
    const db = await withDatabase(t, 'postgres');
    const slow = (setting: string, statement: string) =>
      db.transaction(async (tx) => {
        await tx.raw(`set local ${setting} = '50ms'`);
        await tx.raw(statement);
      });

    await assert.rejects(slow('statement_timeout', 'select pg_sleep(5)'), isUnavailable);
    await db.transaction(async (tx) => {
      await tx.raw('lock table users');
      await assert.rejects(slow('lock_timeout', 'lock table users'), isUnavailable);
    });
  });
});

async function connectThroughProxy(t: TestContext) {
  const url = await createDatabase(t);
  const host = /[?&]host=([^&]*)/.exec(url)?.[1];
  const { hostname, port } = host ? { hostname: '', port: '' } : new URL(url);
  const proxy = await startProxy(t, '.s.PGSQL.5432', () =>
    host ? connect(`${host}/.s.PGSQL.5432`) : connect(Number(port || 5432), hostname),
  );
  const through = url.replace(/\?.*$/, '').replace(/@[^/]*\//, '@/');
  return { proxy, db: await connectTo(t, `${through}?host=${proxy.directory}`) };
}

async function setReadOnly(operator: Database, value: 'on' | 'off'): Promise<void> {
  // The operator's connections were opened before and can still write.
  await operator.knex.raw(`
    do $$ begin
      execute format('alter database %I set default_transaction_read_only = ${value}',
                     current_database());
    end $$`);
}

/** Every way to start using a connection, several times, because some failures are rare. */
function statementsOn(db: Database): readonly (() => Promise<unknown>)[] {
  const ways = [
    () => db.ping(),
    () => db.run({ ...one, isUrgent: true }, [1]),
    async () => db.knex.raw('select 1'),
    () => db.transaction((tx) => db.run(one, [1], tx)),
  ];
  return Array.from({ length: 5 }, () => ways).flat();
}

/** Returns when the server no longer lists the connections, which is before it closes them. */
async function terminateOthers(operator: Database): Promise<void> {
  await operator.knex.raw(`
    select pg_terminate_backend(pid)
      from pg_stat_activity
     where datname = current_database() and pid <> pg_backend_pid()`);
  while ((await countBackends(operator)) > 1) continue;
}

/** The function blocks this thread until the server has terminated all connections. */
function startTerminating(t: TestContext, url: string): () => void {
  const signal = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(
    new URL('../../support/services/terminating-worker.ts', import.meta.url),
    {
      workerData: { url, signal },
    },
  );
  t.after(() => worker.terminate());
  return () => {
    Atomics.store(signal, 0, 1);
    Atomics.notify(signal, 0);
    Atomics.wait(signal, 0, 1, 20_000);
  };
}

async function countBackends(operator: Database): Promise<number> {
  const { rows } = await operator.run<{ count: number }>(
    {
      name: 'test_backends',
      text: `select count(*)::integer as count
               from pg_stat_activity where datname = current_database()`,
    },
    [],
  );
  return rows[0]?.count ?? 0;
}

function isUnavailable(error: unknown): error is AppError {
  return (
    error instanceof AppError &&
    error.code === 'store_unavailable' &&
    (error.retryAfterSeconds ?? 0) > 0
  );
}
