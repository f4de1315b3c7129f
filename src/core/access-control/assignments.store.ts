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

const assignmentTables = ['user_roles', 'group_members', 'organization_members'];

/**
 * An expression that is null for a user without assignments, for whom three index look-ups suffice. The function
 * is defined in migrations/0045-assignments-function.ts.
 * @param userId the expression of the user's id
 */
export function assignmentsColumn(userId: string): string {
  const isHeld = assignmentTables.map(
    (table) => `exists (select from ${table} where user_id = ${userId})`,
  );
  return `case when ${isHeld.join(' or ')} then assignments_of(${userId}) end`;
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
      const { rows } = await db.run<{ assignments: AssignmentsRow | null }>(ofUser, [userId], tx);
      return assignmentsFromRow(rows[0]?.assignments);
    },
  };
}

export type AssignmentStore = ReturnType<typeof createAssignmentStore>;
