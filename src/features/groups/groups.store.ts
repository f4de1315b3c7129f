// The tables of groups, their members and their roles.
import type { Knex } from 'knex';
import { AppError } from '#platform/errors.ts';
import type { Database, Statement } from '#platform/database/postgres.ts';
import { readNamesById } from '#platform/database/lists/names-by-id.ts';
import type { PageRequest } from '#platform/paging.ts';
import { isUuid } from '#platform/uuid.ts';
import type { Group, Member } from './groups.ts';

interface GroupRow {
  id: string;
  name: string;
  description: string | null;
  roles: string[];
  member_count: number;
  created_at: Date;
}

interface MemberRow {
  user_id: string;
  email: string;
  name: string | null;
  added_at: Date;
}

const columns = `
  g.id, g.name, g.description, g.created_at,
  array(select r.role_id from group_roles r where r.group_id = g.id order by r.role_id) as roles,
  (select count(*) from group_members m where m.group_id = g.id)::integer as member_count`;

const byIdOrName: Statement = {
  name: 'group_by_id_or_name',
  text: `select ${columns} from user_groups g where g.id::text = $1 or g.name = $1`,
};

const page: Statement = {
  name: 'group_page',
  text: `select ${columns} from user_groups g where g.name > $1 order by g.name limit $2`,
};

const withRole: Statement = {
  name: 'groups_with_role',
  text: `
    select ${columns}
      from group_roles held
      join user_groups g on g.id = held.group_id
     where held.role_id = $1
     order by g.name
     limit $2`,
};

const membersPage: Statement = {
  name: 'group_members_page',
  text: `
    select m.user_id, u.email, u.name, m.added_at
      from group_members m
      join users u on u.id = m.user_id
     where m.group_id = $1 and m.user_id > $2::uuid
     order by m.user_id
     limit $3`,
};

const firstUuid = '00000000-0000-0000-0000-000000000000';

export function createGroupStore(db: Database) {
  return {
    async find(idOrName: string, tx: Knex = db.knex): Promise<Group | undefined> {
      if (idOrName.includes('\0')) return undefined;
      const { rows } = await db.run<GroupRow>(byIdOrName, [idOrName], tx);
      const found = rows.find(({ id }) => id === idOrName) ?? rows[0];
      return found && groupFromRow(found);
    },

    /** The names of some groups, by id; for lists. */
    namesOf: (ids: readonly string[]) =>
      readNamesById(db, { table: 'user_groups', name: 'name' }, ids),

    /** In the order of their names. */
    async list({ after, limit }: PageRequest): Promise<Group[]> {
      return (await db.run<GroupRow>(page, [after?.[0] ?? '', limit])).rows.map(groupFromRow);
    },

    /** In the order of their names. */
    async listWithRole(role: string, limit: number): Promise<Group[]> {
      if (role.includes('\0')) return [];
      return (await db.run<GroupRow>(withRole, [role, limit])).rows.map(groupFromRow);
    },

    async listMembers(groupId: string, { after, limit }: PageRequest): Promise<Member[]> {
      const values = [groupId, after?.[0] ?? firstUuid, limit];
      return (await db.run<MemberRow>(membersPage, values)).rows.map((row) => ({
        userId: row.user_id,
        email: row.email,
        name: row.name ?? undefined,
        addedAt: row.added_at,
      }));
    },

    /** @throws AppError `conflict` when the name is taken; the transaction remains usable */
    async insert(group: Omit<Group, 'roles' | 'memberCount'>, tx: Knex): Promise<void> {
      const { id, name, description, createdAt } = group;
      const inserted: unknown[] = await tx('user_groups')
        .insert({ id, name, description: description ?? null, created_at: createdAt })
        .onConflict('name')
        .ignore()
        .returning('id');
      if (inserted.length === 0) throw nameTaken();
    },

    /** @throws AppError `conflict` when another group has the name */
    async update({ id, name, description }: Group, tx: Knex): Promise<void> {
      const others: unknown[] = await tx('user_groups').where({ name }).whereNot({ id });
      if (others.length > 0) throw nameTaken();
      await tx('user_groups')
        .where({ id })
        .update({ name, description: description ?? null });
    },

    async remove(id: string, tx: Knex): Promise<void> {
      await tx('user_groups').where({ id }).delete();
    },

    /** Locks the account until the transaction ends; false when it does not exist. */
    async holdUser(id: string, tx: Knex): Promise<boolean> {
      return (
        isUuid(id) && (await tx('users').where({ id }).forKeyShare().select('id')).length === 1
      );
    },

    /** False: the user was already a member. */
    async addMember(groupId: string, userId: string, at: Date, tx: Knex): Promise<boolean> {
      const added: unknown[] = await tx('group_members')
        .insert({ group_id: groupId, user_id: userId, added_at: at })
        .onConflict(['group_id', 'user_id'])
        .ignore()
        .returning('user_id');
      return added.length === 1;
    },

    async removeMember(groupId: string, userId: string, tx: Knex): Promise<boolean> {
      const where = { group_id: groupId, user_id: userId };
      return isUuid(userId) && (await tx('group_members').where(where).delete()) === 1;
    },

    /** False: the group already had the role. */
    async addRole(groupId: string, role: string, tx: Knex): Promise<boolean> {
      const added: unknown[] = await tx('group_roles')
        .insert({ group_id: groupId, role_id: role })
        .onConflict(['group_id', 'role_id'])
        .ignore()
        .returning('role_id');
      return added.length === 1;
    },

    async removeRole(groupId: string, role: string, tx: Knex): Promise<boolean> {
      const removed: number = await tx('group_roles')
        .where({ group_id: groupId, role_id: role })
        .delete();
      return removed === 1;
    },
  };
}

export type GroupStore = ReturnType<typeof createGroupStore>;

function groupFromRow(row: GroupRow): Group {
  return {
    id: row.id,
    name: row.name,
    description: row.description ?? undefined,
    roles: row.roles,
    memberCount: row.member_count,
    createdAt: row.created_at,
  };
}

function nameTaken(): AppError {
  return new AppError('conflict', 'There is already a group with this name.');
}
