// The roles, groups and organizations of a user. This is a function because PostgreSQL initializes every part of a
// plan at each execution, including parts that it does not run. Without these queries, a statement that loads a
// user without assignments takes a third less time (docs/decisions/0066).
import type { Knex } from 'knex';

export async function up(db: Knex): Promise<void> {
  await db.raw(`
    create or replace function assignments_of(person uuid) returns jsonb
      language plpgsql stable as $$
      begin
        return jsonb_build_object(
          'roles', (
            select jsonb_agg(held.role order by held.role)
              from (select ur.role from user_roles ur where ur.user_id = person
                     union
                    select gr.role_id
                      from group_members gm
                      join group_roles gr on gr.group_id = gm.group_id
                     where gm.user_id = person) held),
          'groups', (
            select jsonb_agg(jsonb_build_object('id', ug.id, 'name', ug.name) order by ug.name)
              from group_members gm
              join user_groups ug on ug.id = gm.group_id
             where gm.user_id = person),
          'organizations', (
            select jsonb_agg(jsonb_build_object(
                     'id', o.id, 'name', o.name, 'display_name', o.display_name,
                     'roles', (select jsonb_agg(mr.role_id order by mr.role_id)
                                 from organization_member_roles mr
                                where mr.organization_id = om.organization_id
                                  and mr.user_id = om.user_id)) order by o.name)
              from organization_members om
              join organizations o on o.id = om.organization_id
             where om.user_id = person));
      end
      $$
  `);
}

export async function down(db: Knex): Promise<void> {
  await db.raw('drop function assignments_of');
}
