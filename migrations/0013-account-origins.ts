// Columns that the removal of credentials added before the first email verification depends on:
// whether an operator created the account, and when recovery codes were created.
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw(`
    alter table recovery_codes
      add column created_at timestamptz;            -- null: before this column was added
    alter table users
      add column made_by_operator boolean not null default false; -- with its address, by command, import or setup link
    update users set made_by_operator = true
     where id in (
       select user_id from audit_events
        where event = 'user.registered' and actor_kind = 'operator'
           or event = 'role.granted' and details ->> 'by' = 'setup link')
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw(`
    alter table users drop column made_by_operator;
    alter table recovery_codes drop column created_at
  `);
}
