// Starts a separate PostgreSQL and Redis for one run, and always stops them.
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { addressOf, administer, type CleanUp } from '#test/support/services/databases.ts';
import { providePrograms } from '#test/support/services/programs.ts';
import { startServices } from '#test/support/services/services.ts';
import { findFreePort } from './processes.ts';

export interface BenchServices {
  /** Temporary directory, removed after the run. */
  readonly directory: string;
  readonly redisUrl: string;
  /** Returns the URL of a new, empty database. */
  createDatabase(): Promise<string>;
  /** Versions of the stores by name. */
  versions(): Promise<Readonly<Record<string, string>>>;
}

export type Work = (services: BenchServices, t: CleanUp) => Promise<void>;

/** For figures that are compared with others: PostgreSQL waits for the disk, as in production. */
export const durable = ['fsync=on', 'full_page_writes=on', 'max_connections=300'];

export interface PostgresOptions {
  /** PostgreSQL settings, as `name=value`. */
  readonly settings?: readonly string[];
  /** Also listens on a loopback port, over which all servers connect. */
  readonly isOnTcp?: boolean;
}

export async function withServices(
  say: (line: string) => void,
  work: Work,
  { settings: postgresSettings = [], isOnTcp = false }: PostgresOptions = {},
): Promise<void> {
  const interrupted = new Promise<never>((_, reject) => {
    const stop = () => reject(new Error('interrupted'));
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, stop);
  });
  // URLs in the environment are ignored: the figures must belong to the services started here.
  const postgresPort = isOnTcp ? await findFreePort() : undefined;
  const given = { databaseUrl: undefined, redisUrl: undefined, postgresSettings, postgresPort };
  const directory = await mkdtemp(join(tmpdir(), 'ostiary-bench-'));
  await chmod(directory, 0o711); // PostgreSQL runs as another user if the run is started by root.
  const closing = [() => rm(directory, { recursive: true, force: true, maxRetries: 5 })];
  const { databaseUrl, redisUrl, stop } = await startServices(
    providePrograms(say),
    directory,
    given,
  );
  closing.unshift(stop);
  const t: CleanUp = { after: (close) => void closing.unshift(close) };
  async function createDatabase(): Promise<string> {
    const name = `bench_${randomBytes(6).toString('hex')}`;
    await administer(databaseUrl, `create database ${name}`);
    return addressOf(databaseUrl, name);
  }
  async function versions() {
    const client = new Client({ connectionString: databaseUrl });
    const redis = new Redis(redisUrl.replace(/^unix:\/\//, ''));
    try {
      await client.connect();
      const { rows } = await client.query<{ server_version: string }>('show server_version');
      const information = await redis.info('server');
      return {
        PostgreSQL: rows[0]?.server_version.split(' ')[0] ?? 'unknown',
        Redis: /^redis_version:(\S+)/m.exec(information)?.[1] ?? 'unknown',
      };
    } finally {
      redis.disconnect();
      await client.end();
    }
  }
  try {
    await Promise.race([work({ directory, redisUrl, createDatabase, versions }, t), interrupted]);
  } finally {
    for (const close of closing) await close();
  }
}
