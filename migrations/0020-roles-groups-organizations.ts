// Roles with permissions, groups, organizations, and rules for who may sign in to a client. The roles
// of the management API, `admin` and `auditor`, are rows like all others; their permissions are fixed
// in the code.
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw(`
    create table roles (
      id          text primary key,                -- 'editor', or 'shop:editor' for a role of one client
      name        text not null check (name ~ '^[a-z0-9][a-z0-9._-]{0,63}$'),
      client_id   text references clients (client_id) on delete cascade,  -- null: a global role
      description text,
      created_at  timestamptz not null,
      check (id = case when client_id is null then name else client_id || ':' || name end)
    );
    create index roles_client_id on roles (client_id) where client_id is not null;

    insert into roles (id, name, description, created_at) values
      ('admin', 'admin', 'Administrator of this server', now()),
      ('auditor', 'auditor', 'Reads everything in the management API and changes nothing', now());

    alter table user_roles
      drop constraint user_roles_role_check,
      add constraint user_roles_role_fkey foreign key (role) references roles (id) on delete cascade;
    create index user_roles_role on user_roles (role);

    create table role_permissions (
      role_id  text not null references roles (id) on delete cascade,
      audience text references api_resources (audience) on delete cascade,  -- null: the management API
      scope    text not null,
      unique nulls not distinct (role_id, audience, scope)
    );

    create table user_groups (
      id          uuid primary key,
      name        text not null unique check (name <> ''),
      description text,
      created_at  timestamptz not null
    );

    create table group_members (
      group_id uuid not null references user_groups (id) on delete cascade,
      user_id  uuid not null references users (id) on delete cascade,
      added_at timestamptz not null,
      primary key (group_id, user_id)
    );
    create index group_members_user_id on group_members (user_id);

    create table group_roles (
      group_id uuid not null references user_groups (id) on delete cascade,
      role_id  text not null references roles (id) on delete cascade,
      primary key (group_id, role_id)
    );
    create index group_roles_role_id on group_roles (role_id);

    create table organizations (
      id           uuid primary key,
      name         text not null unique check (name ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
      display_name text not null,
      created_at   timestamptz not null
    );

    create table organization_members (
      organization_id uuid not null references organizations (id) on delete cascade,
      user_id         uuid not null references users (id) on delete cascade,
      added_at        timestamptz not null,
      primary key (organization_id, user_id)
    );
    create index organization_members_user_id on organization_members (user_id);

    create table organization_member_roles (
      organization_id uuid not null,
      user_id         uuid not null,
      role_id         text not null references roles (id) on delete cascade,
      primary key (organization_id, user_id, role_id),
      foreign key (organization_id, user_id)
        references organization_members (organization_id, user_id) on delete cascade
    );
    create index organization_member_roles_role_id on organization_member_roles (role_id);

    alter table api_resources
      add column requires_permission boolean not null default false;  -- scopes are limited to the roles' permissions

    alter table clients
      add column access_limited boolean not null default false;  -- only users of client_access_rules may sign in

    create table client_access_rules (
      client_id       text not null references clients (client_id) on delete cascade,
      role_id         text references roles (id) on delete cascade,
      group_id        uuid references user_groups (id) on delete cascade,
      organization_id uuid references organizations (id) on delete cascade,
      check (num_nonnulls(role_id, group_id, organization_id) = 1),
      unique nulls not distinct (client_id, role_id, group_id, organization_id)
    );
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw(`
    drop table client_access_rules;
    alter table clients drop column access_limited;
    alter table api_resources drop column requires_permission;
    drop table organization_member_roles, organization_members, organizations, group_roles,
      group_members, user_groups, role_permissions;
    delete from user_roles where role <> 'admin';
    drop index user_roles_role;
    alter table user_roles
      drop constraint user_roles_role_fkey,
      add constraint user_roles_role_check check (role in ('admin'));
    drop table roles;
  `);
}
