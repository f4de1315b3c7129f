// Sign-ins of administrators as another user: who, whom, why and until when. The session of such a
// sign-in repeats what every request needs to know.
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw(`
    create table impersonations (
      id                        uuid primary key,
      administrator_id          uuid not null,  -- users; the row outlives an account
      administrator_session_uid text not null,  -- ends the impersonation with it
      user_id                   uuid not null,  -- users; the row outlives an account
      session_uid               text not null unique,
      reason                    text not null,
      started_at                timestamptz not null,
      ends_at                   timestamptz not null check (ends_at > started_at),
      ended_at                  timestamptz,
      ended_because             text,
      constraint impersonations_ended check ((ended_at is null) = (ended_because is null)),
      constraint impersonations_other check (user_id <> administrator_id)
    );
    create index impersonations_open on impersonations (administrator_id) where ended_at is null;
    create index impersonations_of_user on impersonations (user_id, started_at);
    create index impersonations_ended_at on impersonations (ended_at);

    alter table sessions
      add column impersonation_id      uuid,
      add column impersonator_id       uuid,
      add column impersonation_ends_at timestamptz,
      add constraint sessions_impersonation check (
        (impersonation_id is null) = (impersonator_id is null)
        and (impersonation_id is null) = (impersonation_ends_at is null)
        and (impersonation_id is null or expires_at <= impersonation_ends_at)
      )
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw(`
    delete from sessions where impersonation_id is not null;
    alter table sessions
      drop column impersonation_id,
      drop column impersonator_id,
      drop column impersonation_ends_at;
    drop table impersonations
  `);
}
