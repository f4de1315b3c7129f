// A mail that signs somebody in.
import type { Knex } from 'knex';

const before = `'registration', 'verification', 'recovery', 'email_change', 'email_undo', 'invitation'`;

async function allow(db: Knex, kinds: string): Promise<void> {
  await db.raw(`
    alter table mail_proofs drop constraint mail_proofs_kind_check;
    alter table mail_proofs add constraint mail_proofs_kind_check check (kind in (${kinds}))
  `);
}

export async function up(db: Knex): Promise<void> {
  await allow(db, `${before}, 'sign_in'`);
}

export async function down(db: Knex): Promise<void> {
  await db.raw(`delete from mail_proofs where kind = 'sign_in'`);
  await allow(db, before);
}
