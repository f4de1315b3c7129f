// Which permissions the roles grant: scopes of API resources.
import type { Knex } from 'knex';
import type { Database, Statement } from '#platform/database/postgres.ts';
import type { GrantedScopes } from './role-permissions.ts';

interface PermissionRow {
  role_id: string;
  audience: string | null;
  scopes: string[];
}

const all: Statement = {
  name: 'role_permissions',
  text: `
    select role_id, audience, array_agg(scope order by scope) as scopes
      from role_permissions
     group by role_id, audience`,
};

export function createRolePermissionStore(db: Database) {
  return {
    /** The permissions of all roles, which are few, because operators create them one by one. */
    async list(tx: Knex = db.knex): Promise<readonly GrantedScopes[]> {
      const { rows } = await db.run<PermissionRow>(all, [], tx);
      return rows.map((row) => ({
        role: row.role_id,
        audience: row.audience ?? undefined,
        scopes: row.scopes,
      }));
    },
  };
}

export type RolePermissionStore = ReturnType<typeof createRolePermissionStore>;
