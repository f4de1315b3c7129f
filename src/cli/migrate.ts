// migrate: brings the tables up to date, as every start does, for those who want it done beforehand.
import type { DataCommand } from './framework/context.ts';
import { readMigrationState } from './migrations.ts';

export const migrate: DataCommand = {
  name: 'migrate',
  summary: 'Bring the tables of the database up to date.',
  options: {},
  async run({ installation: { db } }) {
    await db.migrate();
    const { applied } = await readMigrationState(db.knex);
    const newest = applied.at(-1) ?? 'none';
    return { document: { applied }, text: `The tables are up to date (${newest}).\n` };
  },
};
