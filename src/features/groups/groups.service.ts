// Creates, changes and deletes groups, and changes their members and roles.
import type {
  Administration,
  Administrator,
  Change,
} from '#core/access-control/administration.service.ts';
import type { Approvals } from '#core/approvals/approvals.service.ts';
import type { AuditEvent } from '#core/audit/audit.ts';
import type { RoleStore } from '#core/users/roles.store.ts';
import { timeOrderedUuid } from '#platform/crypto/ids.ts';
import { AppError } from '#platform/errors.ts';
import { cutPage, type Page, type PageRequest } from '#platform/paging.ts';
import type { Group, Member, NewGroup } from './groups.ts';
import type { GroupStore } from './groups.store.ts';

export interface GroupServiceDependencies {
  readonly administration: Administration;
  readonly approvals: Approvals;
  readonly groupStore: GroupStore;
  readonly roles: RoleStore;
  readonly now: () => Date;
}

type GroupChanges = Partial<NewGroup>;
type Kind = 'added' | 'removed';

export function createGroupService(dependencies: GroupServiceDependencies) {
  const { administration, groupStore: store } = dependencies;
  const scope = 'groups:write';
  const find = (idOrName: string) => requireGroup(store, idOrName);

  async function changeMember(idOrName: string, userId: string, kind: Kind, by: Administrator) {
    return administration.change({ by, scope, userId }, (change) =>
      setMember(dependencies, change, { idOrName, userId, kind }),
    );
  }
  async function changeRole(idOrName: string, role: string, kind: Kind, by: Administrator) {
    return administration.change({ by, scope }, (change) =>
      setRole(dependencies, change, { idOrName, role, kind }),
    );
  }

  return {
    /** @throws AppError `not_found` */
    find,
    namesOf: store.namesOf,
    async list({ after, limit }: PageRequest): Promise<Page<Group>> {
      const groups = await store.list({ after, limit: limit + 1 });
      return cutPage(groups, limit, ({ name }) => [name]);
    },
    /** The first groups that have the role, by name. */
    listWithRole: (role: string, limit: number) => store.listWithRole(role, limit),
    /** @throws AppError `not_found` */
    async listMembers(idOrName: string, { after, limit }: PageRequest): Promise<Page<Member>> {
      const { id } = await find(idOrName);
      const members = await store.listMembers(id, { after, limit: limit + 1 });
      return cutPage(members, limit, ({ userId }) => [userId]);
    },
    /** @throws AppError `conflict` when the name is taken */
    async create(group: NewGroup, by: Administrator): Promise<Group> {
      const id = await administration.change({ by, scope }, (change) =>
        create(dependencies, change, group),
      );
      return find(id);
    },
    /** @throws AppError `not_found`, `conflict` when the name is taken */
    async update(
      idOrName: string,
      changes: GroupChanges,
      by: Administrator,
      check?: (before: Group) => void,
    ): Promise<Group> {
      const id = await administration.change({ by, scope }, async (change) => {
        const group = await requireGroup(store, idOrName, change.tx);
        check?.(group);
        return update(dependencies, change, group, changes);
      });
      return find(id);
    },
    /** @throws AppError `not_found` */
    async remove(idOrName: string, by: Administrator): Promise<void> {
      await administration.change({ by, scope }, async ({ tx, concerns, record }) => {
        const { id, name, roles } = await requireGroup(store, idOrName, tx);
        await concerns({ roles });
        await store.remove(id, tx);
        await record({ event: 'group.deleted', details: { group: id, name } });
      });
    },
    /** False when nothing changed. @throws AppError `not_found`, `user_not_found` */
    addMember: (idOrName: string, userId: string, by: Administrator) =>
      changeMember(idOrName, userId, 'added', by),
    removeMember: (idOrName: string, userId: string, by: Administrator) =>
      changeMember(idOrName, userId, 'removed', by),
    addRole: (idOrName: string, role: string, by: Administrator) =>
      changeRole(idOrName, role, 'added', by),
    removeRole: (idOrName: string, role: string, by: Administrator) =>
      changeRole(idOrName, role, 'removed', by),
  };
}

export type GroupService = ReturnType<typeof createGroupService>;

async function requireGroup(
  store: GroupStore,
  idOrName: string,
  tx?: Change['tx'],
): Promise<Group> {
  const group = await store.find(idOrName, tx);
  if (group) return group;
  throw new AppError('not_found', 'There is no group with this id or name.');
}

async function create(
  { groupStore, now }: GroupServiceDependencies,
  { tx, record }: Change,
  { name, description }: NewGroup,
): Promise<string> {
  const id = timeOrderedUuid(now());
  await groupStore.insert({ id, name, description, createdAt: now() }, tx);
  await record({ event: 'group.created', details: { group: id, name } });
  return id;
}

async function update(
  { groupStore }: GroupServiceDependencies,
  { tx, concerns, record }: Change,
  group: Group,
  changes: GroupChanges,
): Promise<string> {
  await concerns({ roles: group.roles });
  await groupStore.update({ ...group, ...changes }, tx);
  const details = { group: group.id, members: Object.keys(changes) };
  await record({ event: 'group.updated', details });
  return group.id;
}

async function setMember(
  { approvals, groupStore, now }: GroupServiceDependencies,
  { tx, concerns, record }: Change,
  change: { readonly idOrName: string; readonly userId: string; readonly kind: Kind },
): Promise<boolean> {
  const { idOrName, userId, kind } = change;
  const { id, roles } = await requireGroup(groupStore, idOrName, tx);
  if (kind === 'added') refuseWithoutApproval(approvals, roles);
  if (!(await groupStore.holdUser(userId, tx))) {
    throw new AppError('user_not_found', 'User not found.');
  }
  await concerns({ roles, users: [userId] });
  const isChanged =
    kind === 'added'
      ? await groupStore.addMember(id, userId, now(), tx)
      : await groupStore.removeMember(id, userId, tx);
  const event: AuditEvent = `group.member_${kind}`;
  if (isChanged) await record({ event, userId, details: { group: id } });
  return isChanged;
}

async function setRole(
  { approvals, groupStore, roles }: GroupServiceDependencies,
  { tx, concerns, record }: Change,
  change: { readonly idOrName: string; readonly role: string; readonly kind: Kind },
): Promise<boolean> {
  const { idOrName, role, kind } = change;
  const { id, roles: others } = await requireGroup(groupStore, idOrName, tx);
  if (kind === 'added') refuseWithoutApproval(approvals, [role]);
  if (!(await roles.exists(role, tx))) {
    throw new AppError('not_found', 'Role not found.');
  }
  await concerns({ roles: [...others, role] });
  const isChanged =
    kind === 'added'
      ? await groupStore.addRole(id, role, tx)
      : await groupStore.removeRole(id, role, tx);
  const event: AuditEvent = `group.role_${kind}`;
  if (isChanged) await record({ event, details: { group: id, role } });
  return isChanged;
}

/** An approval covers the role for a single user, and a group has many. */
function refuseWithoutApproval(approvals: Approvals, roles: readonly string[]): void {
  if (!roles.includes('admin') || !approvals.isRequired('roles.grant-admin')) return;
  const message = 'The role admin needs an approval: assign it to users, not to groups.';
  throw new AppError('conflict', message);
}
