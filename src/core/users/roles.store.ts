// Roles that are assigned to users. What a role permits is in core/access-control.
import type { Knex } from 'knex';
import type { Role } from './users.ts';
import type { Database } from '#platform/database/postgres.ts';

export function createRoleStore(db: Database) {
  return {
    /** Returns false when the user already had the role. */
    async grant(userId: string, role: Role, at: Date, tx: Knex = db.knex): Promise<boolean> {
      const granted: unknown[] = await tx('user_roles')
        .insert({ user_id: userId, role, granted_at: at })
        .onConflict(['user_id', 'role'])
        .ignore()
        .returning('role');
      return granted.length === 1;
    },

    async withdraw(userId: string, role: Role, tx: Knex = db.knex): Promise<boolean> {
      const withdrawn: number = await tx('user_roles').where({ user_id: userId, role }).delete();
      return withdrawn === 1;
    },

    async exists(role: Role, tx: Knex): Promise<boolean> {
      if (role.includes('\0')) return false;
      return (await tx('roles').where({ id: role }).select('id')).length === 1;
    },

    /** The number of users with the role, directly or by a group. */
    async countOf(role: Role, tx: Knex = db.knex): Promise<number> {
      const { rows }: { rows: { count: number }[] } = await tx.raw(
        `select count(*)::integer as count
           from (select user_id from user_roles where role = :role
                  union
                 select m.user_id
                   from group_roles r
                   join group_members m on m.group_id = r.group_id
                  where r.role_id = :role) held`,
        { role },
      );
      return rows[0]?.count ?? 0;
    },
  };
}

export type RoleStore = ReturnType<typeof createRoleStore>;
