// Finds the last sign-in of a user, however many other events the audit log has of them.
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw(`
    create index if not exists audit_events_sign_in on audit_events (user_id, at desc)
     where event = 'sign_in.succeeded'
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('drop index audit_events_sign_in');
}
