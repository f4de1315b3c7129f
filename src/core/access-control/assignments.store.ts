// The assignments of a user as one column, for statements that load a user anyway.
import type { Knex } from 'knex';
import { noAssignments, type Assignments } from './assignments.ts';
import type { Database, Statement } from '#platform/database/postgres.ts';

export interface AssignmentsRow {
  roles: string[] | null;
  groups: { id: string; name: string }[] | null;
  organizations:
    | { id: string; name: string; display_name: string; roles: string[] | null }[]
    | null;
}

/** @param userId the expression of the user's id */
export function assignmentsColumn(userId: string): string {
  return `
    jsonb_build_object(
      'roles', (
        select jsonb_agg(held.role order by held.role)
          from (select ur.role from user_roles ur where ur.user_id = ${userId}
                 union
                select gr.role_id
                  from group_members gm
                  join group_roles gr on gr.group_id = gm.group_id
                 where gm.user_id = ${userId}) held),
      'groups', (
        select jsonb_agg(jsonb_build_object('id', ug.id, 'name', ug.name) order by ug.name)
          from group_members gm
          join user_groups ug on ug.id = gm.group_id
         where gm.user_id = ${userId}),
      'organizations', (
        select jsonb_agg(jsonb_build_object(
                 'id', o.id, 'name', o.name, 'display_name', o.display_name,
                 'roles', (select jsonb_agg(mr.role_id order by mr.role_id)
                             from organization_member_roles mr
                            where mr.organization_id = om.organization_id
                              and mr.user_id = om.user_id)) order by o.name)
          from organization_members om
          join organizations o on o.id = om.organization_id
         where om.user_id = ${userId}))`;
}

export function assignmentsFromRow(row: AssignmentsRow | null | undefined): Assignments {
  if (!row) return noAssignments;
  return {
    roles: row.roles ?? [],
    groups: row.groups ?? [],
    organizations: (row.organizations ?? []).map((each) => ({
      id: each.id,
      name: each.name,
      displayName: each.display_name,
      roles: each.roles ?? [],
    })),
  };
}

const ofUser: Statement = {
  name: 'assignments_of_user',
  text: `select ${assignmentsColumn('$1::uuid')} as assignments`,
};

export function createAssignmentStore(db: Database) {
  return {
    async find(userId: string, tx: Knex = db.knex): Promise<Assignments> {
      const { rows } = await db.run<{ assignments: AssignmentsRow }>(ofUser, [userId], tx);
      return assignmentsFromRow(rows[0]?.assignments);
    },
  };
}

export type AssignmentStore = ReturnType<typeof createAssignmentStore>;
