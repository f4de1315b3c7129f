// Finds rare events without reading the whole audit log.
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw('create index audit_events_event on audit_events (event, at desc, id desc)');
}

export async function down(db: Knex): Promise<void> {
  await db.raw('drop index audit_events_event');
}
