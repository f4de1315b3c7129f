// The tables of organizations, their members and the members' roles.
import type { Knex } from 'knex';
import { AppError } from '#platform/errors.ts';
import type { Database, Statement } from '#platform/database/postgres.ts';
import { readNamesById } from '#platform/database/lists/names-by-id.ts';
import type { PageRequest } from '#platform/paging.ts';
import { isUuid } from '#platform/uuid.ts';
import type { Organization, OrganizationMember } from './organizations.ts';

interface OrganizationRow {
  id: string;
  name: string;
  display_name: string;
  member_count: number;
  created_at: Date;
}

interface MemberRow {
  user_id: string;
  email: string;
  roles: string[];
  added_at: Date;
}

const columns = `
  o.id, o.name, o.display_name, o.created_at,
  (select count(*) from organization_members m where m.organization_id = o.id)::integer as member_count`;

const byIdOrName: Statement = {
  name: 'organization_by_id_or_name',
  text: `select ${columns} from organizations o where o.id::text = $1 or o.name = $1`,
};

const page: Statement = {
  name: 'organization_page',
  text: `select ${columns} from organizations o where o.name > $1 order by o.name limit $2`,
};

const memberColumns = `
  m.user_id, u.email, m.added_at,
  array(select r.role_id
          from organization_member_roles r
         where r.organization_id = m.organization_id and r.user_id = m.user_id
         order by r.role_id) as roles`;

const oneMember: Statement = {
  name: 'organization_member',
  text: `
    select ${memberColumns}
      from organization_members m
      join users u on u.id = m.user_id
     where m.organization_id = $1 and m.user_id = $2::uuid`,
};

const membersPage: Statement = {
  name: 'organization_members_page',
  text: `
    select ${memberColumns}
      from organization_members m
      join users u on u.id = m.user_id
     where m.organization_id = $1 and m.user_id > $2::uuid
     order by m.user_id
     limit $3`,
};

const firstUuid = '00000000-0000-0000-0000-000000000000';

/** A member of an organization. */
export interface MemberKey {
  readonly organizationId: string;
  readonly userId: string;
}

export function createOrganizationStore(db: Database) {
  return {
    ...createOrganizationRows(db),
    ...createMemberRows(db),
  };
}

export type OrganizationStore = ReturnType<typeof createOrganizationStore>;

function createOrganizationRows(db: Database) {
  return {
    async find(idOrName: string, tx: Knex = db.knex): Promise<Organization | undefined> {
      if (idOrName.includes('\0')) return undefined;
      const { rows } = await db.run<OrganizationRow>(byIdOrName, [idOrName], tx);
      const found = rows.find(({ id }) => id === idOrName) ?? rows[0];
      return found && organizationFromRow(found);
    },

    /** The names of some organizations, by id; for lists. */
    namesOf: (ids: readonly string[]) =>
      readNamesById(db, { table: 'organizations', name: 'display_name' }, ids),

    /** In the order of their names. */
    async list({ after, limit }: PageRequest): Promise<Organization[]> {
      const { rows } = await db.run<OrganizationRow>(page, [after?.[0] ?? '', limit]);
      return rows.map(organizationFromRow);
    },

    /** @throws AppError `conflict` when the name is taken; the transaction remains usable */
    async insert(organization: Omit<Organization, 'memberCount'>, tx: Knex): Promise<void> {
      const { id, name, displayName, createdAt } = organization;
      const inserted: unknown[] = await tx('organizations')
        .insert({ id, name, display_name: displayName, created_at: createdAt })
        .onConflict('name')
        .ignore()
        .returning('id');
      if (inserted.length === 0) throw nameTaken();
    },

    /** @throws AppError `conflict` when another organization has the name */
    async update({ id, name, displayName }: Organization, tx: Knex): Promise<void> {
      const others: unknown[] = await tx('organizations').where({ name }).whereNot({ id });
      if (others.length > 0) throw nameTaken();
      await tx('organizations').where({ id }).update({ name, display_name: displayName });
    },

    async remove(id: string, tx: Knex): Promise<void> {
      await tx('organizations').where({ id }).delete();
    },
  };
}

function createMemberRows(db: Database) {
  return {
    async listMembers(
      organizationId: string,
      { after, limit }: PageRequest,
    ): Promise<OrganizationMember[]> {
      const values = [organizationId, after?.[0] ?? firstUuid, limit];
      return (await db.run<MemberRow>(membersPage, values)).rows.map(memberFromRow);
    },

    async findMember(
      organizationId: string,
      userId: string,
    ): Promise<OrganizationMember | undefined> {
      if (!isUuid(userId)) return undefined;
      const { rows } = await db.run<MemberRow>(oneMember, [organizationId, userId]);
      return rows[0] && memberFromRow(rows[0]);
    },

    /** Locks the account until the transaction ends; false when it does not exist. */
    async holdUser(id: string, tx: Knex): Promise<boolean> {
      return (
        isUuid(id) && (await tx('users').where({ id }).forKeyShare().select('id')).length === 1
      );
    },

    async isMember({ organizationId, userId }: MemberKey, tx: Knex): Promise<boolean> {
      const where = { organization_id: organizationId, user_id: userId };
      return isUuid(userId) && (await tx('organization_members').where(where)).length === 1;
    },

    /** False: the user was already a member. */
    async addMember({ organizationId, userId }: MemberKey, at: Date, tx: Knex): Promise<boolean> {
      const added: unknown[] = await tx('organization_members')
        .insert({ organization_id: organizationId, user_id: userId, added_at: at })
        .onConflict(['organization_id', 'user_id'])
        .ignore()
        .returning('user_id');
      return added.length === 1;
    },

    /** The roles of the member are deleted with it. */
    async removeMember({ organizationId, userId }: MemberKey, tx: Knex): Promise<boolean> {
      const where = { organization_id: organizationId, user_id: userId };
      return isUuid(userId) && (await tx('organization_members').where(where).delete()) === 1;
    },

    /** False: the member already had the role. */
    async addRole({ organizationId, userId }: MemberKey, role: string, tx: Knex) {
      const added: unknown[] = await tx('organization_member_roles')
        .insert({ organization_id: organizationId, user_id: userId, role_id: role })
        .onConflict(['organization_id', 'user_id', 'role_id'])
        .ignore()
        .returning('role_id');
      return added.length === 1;
    },

    async removeRole({ organizationId, userId }: MemberKey, role: string, tx: Knex) {
      const removed: number = await tx('organization_member_roles')
        .where({ organization_id: organizationId, user_id: userId, role_id: role })
        .delete();
      return removed === 1;
    },
  };
}

function organizationFromRow(row: OrganizationRow): Organization {
  return {
    id: row.id,
    name: row.name,
    displayName: row.display_name,
    memberCount: row.member_count,
    createdAt: row.created_at,
  };
}

function memberFromRow(row: MemberRow): OrganizationMember {
  return {
    userId: row.user_id,
    email: row.email,
    roles: row.roles,
    addedAt: row.added_at,
  };
}

function nameTaken(): AppError {
  return new AppError('conflict', 'There is already an organization with this name.');
}
