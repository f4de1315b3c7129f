// `npm run seed`: fills the empty database of the settings (DATABASE_URL, or the embedded one) with
// 100,000 users, 50,000 sessions and a million audit events, to try Ostiary at that size.
//   npm run seed -- --users=1000 --sessions=500 --audit-events=10000
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { readConfig } from '#config/config.ts';
import { completeKeys } from '#config/development-keys.ts';
import { createLog } from '#platform/logging/log.ts';
import { openServices } from '#server/composition.ts';
import { fillDatabase, seededAdmin } from './fill.ts';
import { readSizes, sizeOptions } from './rows.ts';

const say = (line: string) => void process.stdout.write(`${line}\n`);

async function seed(): Promise<void> {
  const sizes = readSizes(parseArgs({ options: sizeOptions }).values);
  if (existsSync('.env')) process.loadEnvFile('.env');
  const config = await completeKeys(readConfig(process.env));
  if (config.environment === 'production') {
    throw new Error('Test users must not be created in production: set NODE_ENV=development.');
  }
  const log = createLog({ level: 'error' });
  const services = await openServices({ config, log, now: () => new Date() });
  try {
    await fillDatabase(services, sizes, say);
    say(`Sign in as ${seededAdmin.email} with the password "${seededAdmin.password}".`);
  } finally {
    await services.close();
  }
}

try {
  await seed();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
