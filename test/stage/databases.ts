// Databases for tests: each test file gets its own, copied from a template (templates.ts), of
// either kind. Key names in Redis are kept apart by a word of their own.
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { cp, mkdtemp, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { after, before, describe } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { openEmbedded } from '#platform/database/embedded-postgres.ts';
import { createLog, type Log } from '#platform/logging/log.ts';
import { connectPostgres, type Database } from '#platform/database/postgres.ts';
import { testRedisUrl } from './redis.ts';

/** Every implementation a store must work on. */
export const storeKinds = ['postgres', 'embedded'] as const satisfies readonly Database['kind'][];
export type StoreKind = (typeof storeKinds)[number];

/** A test's or suite's way to say what happens at its end: a `TestContext`, for example. */
export interface Closing {
  after(work: () => Promise<void>): void;
}

/** A migrated, empty database of that kind, closed and dropped when the test ends. */
export async function withDatabase(t: Closing, kind: StoreKind): Promise<Database> {
  return kind === 'postgres' ? openCopy(t) : openEmbeddedCopy(t);
}

/** A connection to that database of its own, closed when the test ends: another node, say. */
export async function connectTo(
  t: Closing,
  url: string,
  options: { poolSize?: number } = {},
): Promise<Database> {
  const db = await connectPostgres({ url, log: createTestLog(), ...options });
  t.after(() => db.close());
  return db;
}

/** The suite once per kind; `database()` is for use inside its tests, which share it. */
export function describeOnEachKind(rule: string, suite: (database: () => Database) => void): void {
  for (const kind of storeKinds) {
    describe(`${rule} (${kind})`, () => {
      const closing = collectWorks();
      let opened: Database | undefined;
      before(async () => {
        opened = await withDatabase(closing, kind);
      });
      after(() => closing.run());
      suite(() => {
        if (!opened) throw new Error('The database is there only while tests run.');
        return opened;
      });
    });
  }
}

/** The address of a new, empty PostgreSQL database; migrated unless said otherwise. */
export async function createDatabase(t: Closing, { migrated = true } = {}): Promise<string> {
  const name = `test_${randomBytes(8).toString('hex')}`;
  const template = migrated ? required('TEST_DATABASE_TEMPLATE') : 'template1';
  await administer(required('TEST_DATABASE_URL'), `create database ${name} template ${template}`);
  t.after(() => administer(required('TEST_DATABASE_URL'), `drop database ${name} with (force)`));
  return addressOf(required('TEST_DATABASE_URL'), name);
}

/** A new, empty directory. It lies where the whole run is cleaned up, even after a kill. */
export async function createDirectory(t: Closing): Promise<string> {
  const directory = await mkdtemp(join(dirname(required('TEST_EMBEDDED_TEMPLATE')), 'data-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** A new directory in which `openEmbedded` finds a migrated database. */
export async function createDataDirectory(t: Closing): Promise<string> {
  const directory = await createDirectory(t);
  const template = required('TEST_EMBEDDED_TEMPLATE');
  for (let tries = 0; !(await exists(template)); tries += 1) {
    if (tries === 1200) throw new Error('The embedded template was not ready after two minutes.');
    await pause(100);
  }
  await cp(template, directory, { recursive: true, mode: constants.COPYFILE_FICLONE });
  return directory;
}

/** The address of the run's Redis with key names of its own; nothing else meets them. */
export function redisUrl(): string {
  const url = testRedisUrl(`-${randomBytes(6).toString('hex')}`);
  return url ?? required('TEST_REDIS_URL');
}

/** A log for tests: silent unless `TEST_LOG_LEVEL` names a level. */
export function createTestLog(): Log {
  const level = process.env['TEST_LOG_LEVEL'];
  if (level) return createLog({ level });
  return createLog({ level: 'silent', destination: { write: () => undefined } });
}

async function openCopy(t: Closing): Promise<Database> {
  const dropped = collectWorks();
  const db = await connectPostgres({ url: await createDatabase(dropped), log: createTestLog() });
  t.after(async () => {
    await db.close();
    await dropped.run();
  });
  return db;
}

async function openEmbeddedCopy(t: Closing): Promise<Database> {
  const removed = collectWorks();
  const directory = await createDataDirectory(removed);
  const db = await openEmbedded({ directory, log: createTestLog() });
  t.after(async () => {
    await db.close();
    await removed.run();
  });
  return db;
}

/** What a suite's `after` has to do, which its `before` finds out. */
function collectWorks(): Closing & { run(): Promise<void> } {
  const works: (() => Promise<void>)[] = [];
  return {
    after: (work) => void works.push(work),
    async run() {
      for (const work of works) await work();
    },
  };
}

/** One statement on the server, outside the databases of tests and without their deadlines. */
export async function administer(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** The address of another database on the same server. */
export function addressOf(url: string, name: string): string {
  return url.replace(/^([^:]+:\/\/[^/]*\/)[^?]*/, `$1${name}`);
}

function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: start tests with npm test.`);
  return value;
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
