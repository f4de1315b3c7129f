// PostgreSQL inside this process (PGlite), for evaluation and small single-node installations. It
// has one connection, no lock and no fsync: the lock is in data-directory.ts, and creation is made
// atomic here. Installations that must survive a power failure use DATABASE_URL.
import { PGlite } from '@electric-sql/pglite';
import { createPgConfig } from '@electric-sql/pglite/node-postgres';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, Pool } from 'pg';
import { ensurePrivateDirectory, makePrivate } from '#platform/private-directory.ts';
import { lockDataDirectory } from './data-directory.ts';
import { AppError } from '#platform/errors.ts';
import { createConnectionPool, type ConnectionPool } from './pool/connections.ts';
import type { Database } from './contract.ts';
import { createPooledDatabase } from './pooled-database.ts';
import type { Observation } from '#platform/observation/observation.ts';
import type { Log } from '#platform/logging/log.ts';
import { runMigrations } from './schema/run-migrations.ts';

interface EmbeddedOptions {
  /** Created if missing; the database is in its subdirectory `database`. */
  readonly directory: string;
  readonly log: Log;
  readonly observation?: Observation;
}

const unfinished = 'database.new-';
/** The database that a restore replaces, until the other one is in its place. */
const replaced = 'database.replaced';

/**
 * @throws AppError `conflict` when another process uses the directory, `forbidden` when other
 * accounts could have modified it
 */
export async function openEmbedded({
  directory,
  log,
  observation,
}: EmbeddedOptions): Promise<Database> {
  // Set for the lifetime of the process, because the database creates files and directories at any
  // time.
  process.umask(0o077);
  await ensurePrivateDirectory(directory);
  const lock = await lockDataDirectory(directory);
  try {
    const pglite = await openOrCreate(directory, log);
    const pool = createConnectionPool({ pool: openPool(pglite), log, observation });
    return createPooledDatabase({
      kind: 'embedded',
      pool,
      migrate: (knex, environment) => runMigrations({ knex, log, environment }),
      copyFiles: () => copyFiles(pglite, pool),
      async close() {
        await pool.end();
        await pglite.close();
        await lock.release();
      },
    });
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function openOrCreate(directory: string, log: Log): Promise<PGlite> {
  const path = join(directory, 'database');
  await removeUnfinished(directory);
  await finishReplacement(directory);
  if (!(await exists(path))) await create(directory, path);
  log.warn(
    { event: 'database.embedded' },
    'using the embedded database, which is meant for evaluation; set DATABASE_URL for production',
  );
  const pglite = await open(path);
  // Its first files are created with mode 0666, whatever the umask.
  await makePrivate(path);
  return pglite;
}

/**
 * A database whose creation was interrupted can never be opened, so only a complete one is moved to
 * its final name.
 */
async function create(directory: string, path: string): Promise<void> {
  const temporary = join(directory, `${unfinished}${process.pid}`);
  const pglite = await open(temporary);
  await pglite.close();
  await rename(temporary, path);
}

/**
 * Replaces the database in the directory, which is created if it is missing, by one from an archive.
 * @param archive of `copyFiles`
 * @param prepare is given a directory with that database, and must close it. When it fails, nothing
 * has changed.
 * @throws AppError `conflict` when another process uses the directory, or when it has a database
 * that must not be replaced
 */
export async function replaceEmbedded(
  directory: string,
  { archive, mayReplace }: { readonly archive: Blob; readonly mayReplace: boolean },
  prepare: (directory: string) => Promise<void>,
): Promise<void> {
  process.umask(0o077);
  await ensurePrivateDirectory(directory);
  const lock = await lockDataDirectory(directory);
  const draft = join(directory, `${unfinished}${process.pid}`);
  try {
    await finishReplacement(directory);
    const path = join(directory, 'database');
    if (!mayReplace && (await exists(path))) throw refuseReplacement(directory);
    await mkdir(draft, { mode: 0o700 });
    await loadFiles(join(draft, 'database'), archive);
    await prepare(draft);
    if (await exists(path)) await rename(path, join(directory, replaced));
    await rename(join(draft, 'database'), path);
    await finishReplacement(directory);
  } finally {
    await rm(draft, { recursive: true, force: true });
    await lock.release();
  }
}

function refuseReplacement(directory: string): AppError {
  return new AppError(
    'conflict',
    `There is a database in ${directory} already. Add --yes to replace it, which cannot be undone.`,
  );
}

/** @throws AppError `invalid_input` when the archive contains no database of this version */
async function loadFiles(path: string, archive: Blob): Promise<void> {
  try {
    const pglite = await PGlite.create(path, { ...options, loadDataDir: archive });
    await pglite.close();
  } catch (cause) {
    throw new AppError('invalid_input', 'The archive contains no usable database.', { cause });
  }
}

/** Completes, or undoes, a replacement that was interrupted between its two renames. */
async function finishReplacement(directory: string): Promise<void> {
  const former = join(directory, replaced);
  if (!(await exists(former))) return;
  const path = join(directory, 'database');
  if (await exists(path)) await rm(former, { recursive: true });
  else await rename(former, path);
}

/** While the only connection is held here, no transaction is open. */
async function copyFiles(pglite: PGlite, pool: ConnectionPool): Promise<Blob> {
  const connection = await pool.connect();
  try {
    await pglite.exec('checkpoint');
    return await pglite.dumpDataDir('none');
  } finally {
    connection.release();
  }
}

async function removeUnfinished(directory: string): Promise<void> {
  const names = (await readdir(directory)).filter((name) => name.startsWith(unfinished));
  await Promise.all(names.map((name) => rm(join(directory, name), { recursive: true })));
}

function open(path: string): Promise<PGlite> {
  return PGlite.create(path, options);
}

/** The default of 128 MB would count against the memory of this process. */
const options = { postgresqlconf: ['shared_buffers=8MB', 'max_connections=5'] };

/** One connection: with two, statements of one caller would run in the transaction of another. */
function openPool(pglite: PGlite): Pool {
  class EmbeddedClient extends Client {
    constructor() {
      super(createPgConfig(pglite));
    }
  }
  const pool = new Pool({
    Client: EmbeddedClient,
    max: 1,
    min: 1,
    idleTimeoutMillis: 0,
    // Longer than for a server, because an expensive statement blocks this whole process.
    connectionTimeoutMillis: 5000,
  });
  // A new client gets the server's existing session, with its transaction and named statements.
  pool.on('connect', (client) => {
    client.query('rollback; deallocate all', () => undefined);
  });
  return pool;
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
