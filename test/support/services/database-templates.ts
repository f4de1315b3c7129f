// Creates the migrated template databases that test files copy, once per run.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { connectPostgres } from '#platform/database/postgres.ts';
import { addressOf, administer, createTestLog } from './databases.ts';
import { startPatiently } from './start-patiently.ts';
import type { Services } from './services.ts';

export interface Templates {
  /** Environment variables through which test files find the services and templates. */
  readonly env: Readonly<Record<string, string>>;
  remove(): Promise<void>;
}

export async function prepareTemplates(
  { databaseUrl, redisUrl }: Services,
  directory: string,
): Promise<Templates> {
  const name = `ostiary_template_${randomBytes(4).toString('hex')}`;
  await administer(databaseUrl, `create database ${name}`);
  const url = addressOf(databaseUrl, name);
  const db = await startPatiently(() => connectPostgres({ url, log: createTestLog() }));
  await db.migrate();
  await db.close();

  // Created in the background: it takes seconds, and tests that do not use it should not wait.
  const embedded = join(directory, 'embedded');
  const script = new URL('embedded-template.ts', import.meta.url).pathname;
  const making = spawn(process.execPath, [script, embedded], { detached: true, stdio: 'inherit' });

  return {
    env: {
      TEST_DATABASE_URL: databaseUrl,
      TEST_DATABASE_TEMPLATE: name,
      TEST_EMBEDDED_TEMPLATE: embedded,
      TEST_REDIS_URL: redisUrl,
    },
    async remove() {
      making.kill('SIGKILL');
      await administer(databaseUrl, `drop database ${name} with (force)`);
    },
  };
}
