// `migrate`: applies pending migrations, as every start does, for operators who want to do it
// beforehand.
import type { DataCommand } from './framework/context.ts';
import { readMigrationState } from './migrations.ts';

export const migrate: DataCommand = {
  name: 'migrate',
  summary: 'Apply all pending database migrations.',
  options: {},
  async run({ installation: { db } }) {
    await db.migrate();
    const { applied } = await readMigrationState(db.knex);
    const newest = applied.at(-1) ?? 'none';
    return { document: { applied }, text: `The database schema is up to date (${newest}).\n` };
  },
};
