// The tables of roles and of their permissions.
import type { Knex } from 'knex';
import { AppError } from '#platform/errors.ts';
import type { Database, Statement } from '#platform/database/postgres.ts';
import { readNamesById } from '#platform/database/lists/names-by-id.ts';
import type { PageRequest } from '#platform/paging.ts';
import type { RoleDefinition, RoleHolder } from './roles.ts';

interface RoleRow {
  id: string;
  name: string;
  client_id: string | null;
  description: string | null;
  created_at: Date;
}

const columns = 'id, name, client_id, description, created_at';

const byId: Statement = {
  name: 'role_by_id',
  text: `select ${columns} from roles where id = $1`,
};

const page: Statement = {
  name: 'role_page',
  text: `
    select ${columns}
      from roles
     where id > $1 and ($2::text is null or client_id = $2)
     order by id
     limit $3`,
};

const holders: Statement = {
  name: 'role_holders',
  text: `
    select r.user_id, u.email, r.granted_at
      from user_roles r
      join users u on u.id = r.user_id
     where r.role = $1 and r.user_id > $2::uuid
     order by r.user_id
     limit $3`,
};

const firstUuid = '00000000-0000-0000-0000-000000000000';

interface HolderRow {
  user_id: string;
  email: string;
  granted_at: Date;
}

const addPermission: Statement = {
  name: 'role_add_permissions',
  text: `
    insert into role_permissions (role_id, audience, scope)
    select $1, $2, scope from unnest($3::text[]) scope
    on conflict do nothing`,
};

const removePermission: Statement = {
  name: 'role_remove_permissions',
  text: `
    delete from role_permissions
     where role_id = $1 and audience is not distinct from $2 and scope = any($3::text[])`,
};

/** `audience` is `undefined` for the management API. */
export interface ChangedPermissions {
  readonly role: string;
  readonly audience: string | undefined;
  readonly scopes: readonly string[];
}

export function createRoleDefinitionStore(db: Database) {
  return {
    async find(id: string, tx: Knex = db.knex): Promise<RoleDefinition | undefined> {
      if (id.includes('\0')) return undefined;
      const { rows } = await db.run<RoleRow>(byId, [id], tx);
      return rows[0] && roleFromRow(rows[0]);
    },

    /** The names of some roles, by id; for lists. */
    namesOf: (ids: readonly string[]) => readNamesById(db, { table: 'roles', name: 'name' }, ids),

    /** In the order of their ids; `after` is the last id of the previous page. */
    async list(options: {
      readonly after?: string | undefined;
      readonly clientId?: string | undefined;
      readonly limit: number;
    }): Promise<RoleDefinition[]> {
      const values = [options.after ?? '', options.clientId ?? null, options.limit];
      return (await db.run<RoleRow>(page, values)).rows.map(roleFromRow);
    },

    /** In the order of the user ids. */
    async listHolders(id: string, { after, limit }: PageRequest): Promise<RoleHolder[]> {
      if (id.includes('\0')) return [];
      const { rows } = await db.run<HolderRow>(holders, [id, after?.[0] ?? firstUuid, limit]);
      return rows.map((row) => ({
        userId: row.user_id,
        email: row.email,
        grantedAt: row.granted_at,
      }));
    },

    /** @throws AppError `conflict` when the name is taken; the transaction remains usable */
    async insert(role: RoleDefinition, tx: Knex): Promise<void> {
      const inserted: unknown[] = await tx('roles')
        .insert({
          id: role.id,
          name: role.name,
          client_id: role.clientId ?? null,
          description: role.description ?? null,
          created_at: role.createdAt,
        })
        .onConflict('id')
        .ignore()
        .returning('id');
      if (inserted.length === 0)
        throw new AppError('conflict', 'A role with this name already exists.');
    },

    async describe(id: string, description: string | undefined, tx: Knex): Promise<void> {
      await tx('roles')
        .where({ id })
        .update({ description: description ?? null });
    },

    /** Assignments and permissions are deleted with it. */
    async remove(id: string, tx: Knex): Promise<void> {
      await tx('roles').where({ id }).delete();
    },

    /** Returns the number of permissions that the role did not have. */
    async addPermissions({ role, audience, scopes }: ChangedPermissions, tx: Knex) {
      return (await db.run(addPermission, [role, audience ?? null, [...scopes]], tx)).rowCount;
    },

    /** Returns the number of permissions that the role had. */
    async removePermissions({ role, audience, scopes }: ChangedPermissions, tx: Knex) {
      return (await db.run(removePermission, [role, audience ?? null, [...scopes]], tx)).rowCount;
    },
  };
}

export type RoleDefinitionStore = ReturnType<typeof createRoleDefinitionStore>;

function roleFromRow(row: RoleRow): RoleDefinition {
  return {
    id: row.id,
    name: row.name,
    clientId: row.client_id ?? undefined,
    description: row.description ?? undefined,
    createdAt: row.created_at,
  };
}
