// Approvals: acts of administrators that wait for a second one. Ids of users and clients have no
// foreign key, because the record outlives the user whose deletion was approved.
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw(`
    create table approvals (
      id             uuid primary key,
      act            text not null,
      user_id        uuid,                         -- the target; null: the act concerns everyone
      target_version text,                         -- digest of the target when it was requested
      requester_kind text not null check (requester_kind in ('user', 'client', 'operator')),
      requester_id   text,
      scopes         text[],                       -- of the token of the requester; null: all
      reason         text,
      state          text not null default 'pending'
        check (state in ('pending', 'executed', 'rejected', 'refused', 'expired')),
      created_at     timestamptz not null,
      expires_at     timestamptz not null,
      decider_kind   text,
      decider_id     text,
      decided_at     timestamptz,
      refusal        text,                         -- why the act was refused at the write
      constraint approvals_decided check ((state = 'pending') = (decided_at is null))
    );
    create unique index approvals_pending on approvals (act, (coalesce(user_id::text, '')))
      where state = 'pending';
    create index approvals_newest on approvals (created_at desc, id desc);
    create index approvals_expires_at on approvals (expires_at)
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('drop table approvals');
}
