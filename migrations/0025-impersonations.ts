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
      );

    -- The administrator is active and may impersonate; the user is active and has no right in the
    -- management API (src/core/access-control/role-permissions.ts). A function, because the planner would
    -- otherwise spend more time on this condition than on the statements that read a session.
    create function is_permitted_impersonation(impersonation uuid, at timestamptz) returns boolean
      language sql stable as $$
      select exists (
        select 1
          from impersonations i
          join sessions own on own.uid = i.administrator_session_uid
          join users administrator on administrator.id = own.user_id
          join users target on target.id = i.user_id
         where i.id = impersonation
           and own.user_id = i.administrator_id
           and own.impersonation_id is null
           and own.ended_at is null
           and own.expires_at > at
           and (administrator.blocked_at is null or administrator.blocked_until <= at)
           and (administrator.not_before is null or administrator.not_before <= i.started_at)
           and (target.blocked_at is null or target.blocked_until <= at)
           and (target.not_before is null or target.not_before <= i.started_at)
           and not exists (select 1 from epochs e where e.not_before > i.started_at)
           and exists (
        select 1
          from (select ur.role from user_roles ur where ur.user_id = administrator.id
                 union all
                select gr.role_id
                  from group_members gm
                  join group_roles gr on gr.group_id = gm.group_id
                 where gm.user_id = administrator.id) held (role)
         where held.role in ('admin')
            or (position(':' in held.role) = 0 and exists (
                 select 1
                   from role_permissions rp
                  where rp.role_id = held.role and rp.audience is null and rp.scope = 'users:impersonate')))
           and not exists (
        select 1
          from (select ur.role from user_roles ur where ur.user_id = target.id
                 union all
                select gr.role_id
                  from group_members gm
                  join group_roles gr on gr.group_id = gm.group_id
                 where gm.user_id = target.id) held (role)
         where held.role in ('admin', 'auditor')
            or (position(':' in held.role) = 0 and exists (
                 select 1
                   from role_permissions rp
                  where rp.role_id = held.role and rp.audience is null))))
      $$;

    create function is_live_impersonation(impersonation uuid, at timestamptz) returns boolean
      language sql stable as $$
      select exists (
        select 1
          from impersonations i
         where i.id = impersonation
           and i.ended_at is null
           and i.ends_at > at
           and is_permitted_impersonation(i.id, at))
      $$
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw(`
    drop function is_live_impersonation, is_permitted_impersonation;
    delete from sessions where impersonation_id is not null;
    alter table sessions
      drop column impersonation_id,
      drop column impersonator_id,
      drop column impersonation_ends_at;
    drop table impersonations
  `);
}
