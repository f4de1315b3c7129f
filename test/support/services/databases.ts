// Databases for tests: each test file gets its own copy of a template (database-templates.ts), on
// PostgreSQL or embedded. Redis keys are separated by a prefix.
import { randomBytes } from 'node:crypto';
import { cpSync } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Client } from 'pg';
import { openEmbedded } from '#platform/database/embedded-postgres.ts';
import { createLog, type Log } from '#platform/logging/log.ts';
import { connectPostgres, type Database } from '#platform/database/postgres.ts';
import { startPatiently } from './start-patiently.ts';
import { testRedisUrl } from './redis.ts';

/** The database kinds that every store must support. */
export const storeKinds = ['postgres', 'embedded'] as const satisfies readonly Database['kind'][];
export type StoreKind = (typeof storeKinds)[number];

/** Registers work for the end of a test or suite; a `TestContext`, for example. */
export interface CleanUp {
  after(work: () => Promise<void>): void;
}

/** A migrated, empty database of this kind, closed and dropped when the test ends. */
export async function withDatabase(t: CleanUp, kind: StoreKind): Promise<Database> {
  return kind === 'postgres' ? openCopy(t) : openEmbeddedCopy(t);
}

/** A separate connection pool to this database, as of another node; closed when the test ends. */
export async function connectTo(
  t: CleanUp,
  url: string,
  options: { poolSize?: number } = {},
): Promise<Database> {
  const db = await startPatiently(() => connectPostgres({ url, log: createTestLog(), ...options }));
  t.after(() => db.close());
  return db;
}

/** Runs the suite once per kind. Its tests share the database, which only they may access. */
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
        if (!opened) throw new Error('The database is available only inside tests');
        return opened;
      });
    });
  }
}

/** The URL of a new, empty PostgreSQL database, migrated by default. */
export async function createDatabase(t: CleanUp, { migrated = true } = {}): Promise<string> {
  const name = `test_${randomBytes(8).toString('hex')}`;
  const template = migrated ? required('TEST_DATABASE_TEMPLATE') : 'template1';
  await administer(required('TEST_DATABASE_URL'), `create database ${name} template ${template}`);
  t.after(() => administer(required('TEST_DATABASE_URL'), `drop database ${name} with (force)`));
  return addressOf(required('TEST_DATABASE_URL'), name);
}

/** A new, empty directory in that of the test run, which is removed even if a test is killed. */
export async function createDirectory(t: CleanUp): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'data-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** A new directory with a migrated database for `openEmbedded`. */
export async function createDataDirectory(t: CleanUp): Promise<string> {
  const directory = await createDirectory(t);
  const template = required('TEST_EMBEDDED_TEMPLATE');
  for (let tries = 0; !(await exists(template)); tries += 1) {
    if (tries === 3000) throw new Error('Timeout after five minutes: embedded template not ready');
    await pause(100);
  }
  // There are a thousand files, and the promise-based function takes four times the CPU time.
  cpSync(template, directory, { recursive: true });
  return directory;
}

/** The URL of the Redis of the test run with a unique key prefix. */
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

async function openCopy(t: CleanUp): Promise<Database> {
  const dropped = collectWorks();
  const url = await createDatabase(dropped);
  const db = await startPatiently(() => connectPostgres({ url, log: createTestLog() }));
  t.after(async () => {
    await db.close();
    await dropped.run();
  });
  return db;
}

async function openEmbeddedCopy(t: CleanUp): Promise<Database> {
  const removed = collectWorks();
  const directory = await createDataDirectory(removed);
  const db = await openEmbedded({ directory, log: createTestLog() });
  t.after(async () => {
    await db.close();
    await removed.run();
  });
  return db;
}

/** Collects work in the `before` hook of a suite for its `after` hook. */
function collectWorks(): CleanUp & { run(): Promise<void> } {
  const works: (() => Promise<void>)[] = [];
  return {
    after: (work) => void works.push(work),
    async run() {
      for (const work of works) await work();
    },
  };
}

/** Executes a statement on a connection without the deadlines of the application. */
export async function administer(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

/** The URL of another database on the same server. */
export function addressOf(url: string, name: string): string {
  return url.replace(/^([^:]+:\/\/[^/]*\/)[^?]*/, `$1${name}`);
}

function required(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set; run the tests with npm test`);
  return value;
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
