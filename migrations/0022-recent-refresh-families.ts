// The overview of the panel counts the refresh token families of the last day. A BRIN index is small
// and costs almost nothing per insert.
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw(`
    create index refresh_families_created on refresh_families using brin (created_at)
      with (pages_per_range = 16)`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('drop index refresh_families_created');
}
