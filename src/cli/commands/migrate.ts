// `migrate`: applies pending migrations, as every start does, for operators who want to do it
// beforehand.
import type { Command } from '#cli/framework/command.ts';
import type { Config } from '#config/config.ts';
import type { Database } from '#platform/database/postgres.ts';
import { readMigrationState } from '#cli/migrations.ts';

interface Needs {
  readonly db: Database;
  readonly config: Config;
}

export const migrate: Command<Needs> = {
  name: 'migrate',
  summary: 'Apply all pending database migrations.',
  options: {},
  async run({ db, config }) {
    await db.migrate(config.environmentName);
    const { applied } = await readMigrationState(db.knex);
    const newest = applied.at(-1) ?? 'none';
    return { document: { applied }, text: `The database schema is up to date (${newest}).\n` };
  },
};
