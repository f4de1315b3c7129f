// Creates, changes and deletes organizations, and changes their members and the members' roles.
import type {
  Administration,
  Administrator,
  Change,
} from '#core/access-control/administration.service.ts';
import { isBuiltIn } from '#core/access-control/assignments.ts';
import type { AuditEvent } from '#core/audit/audit.ts';
import type { RoleStore } from '#core/users/roles.store.ts';
import { timeOrderedUuid } from '#platform/crypto/ids.ts';
import { AppError } from '#platform/errors.ts';
import { cutPage, type Page, type PageRequest } from '#platform/paging.ts';
import type { NewOrganization, Organization, OrganizationMember } from './organizations.ts';
import type { OrganizationStore } from './organizations.store.ts';

export interface OrganizationServiceDependencies {
  readonly administration: Administration;
  readonly organizationStore: OrganizationStore;
  readonly roles: RoleStore;
  readonly now: () => Date;
}

type Kind = 'added' | 'removed';

/** A member, with the role if one is changed. */
interface Subject {
  readonly organization: string;
  readonly userId: string;
}

interface RoleSubject extends Subject {
  readonly role: string;
}

const scope = 'organizations:write';

export function createOrganizationService(dependencies: OrganizationServiceDependencies) {
  const { administration, organizationStore: store } = dependencies;
  const find = (idOrName: string) => requireOrganization(store, idOrName);

  function changeMember(subject: Subject, kind: Kind, by: Administrator): Promise<boolean> {
    return administration.change({ by, scope, userId: subject.userId }, (change) =>
      setMember(dependencies, change, subject, kind),
    );
  }
  function changeRole(subject: RoleSubject, kind: Kind, by: Administrator): Promise<boolean> {
    return administration.change({ by, scope, userId: subject.userId }, (change) =>
      setRole(dependencies, change, subject, kind),
    );
  }

  return {
    /** @throws AppError `not_found` */
    find,
    namesOf: store.namesOf,
    async list({ after, limit }: PageRequest): Promise<Page<Organization>> {
      const found = await store.list({ after, limit: limit + 1 });
      return cutPage(found, limit, ({ name }) => [name]);
    },
    /** Undefined when the user is not a member. */
    findMember: (id: string, userId: string) => store.findMember(id, userId),
    /** @throws AppError `not_found` */
    async listMembers(idOrName: string, request: PageRequest): Promise<Page<OrganizationMember>> {
      const { after, limit } = request;
      const { id } = await find(idOrName);
      const members = await store.listMembers(id, { after, limit: limit + 1 });
      return cutPage(members, limit, ({ userId }) => [userId]);
    },
    /** @throws AppError `conflict` when the name is taken */
    async create(organization: NewOrganization, by: Administrator): Promise<Organization> {
      const id = await administration.change({ by, scope }, (change) =>
        create(dependencies, change, organization),
      );
      return find(id);
    },
    /** @throws AppError `not_found`, `conflict` when the name is taken */
    async update(
      idOrName: string,
      changes: Partial<NewOrganization>,
      by: Administrator,
      check?: (before: Organization) => void,
    ) {
      const id = await administration.change({ by, scope }, async ({ tx, record }) => {
        const organization = await requireOrganization(store, idOrName, tx);
        check?.(organization);
        await store.update({ ...organization, ...changes }, tx);
        const details = { organization: organization.id, members: Object.keys(changes) };
        await record({ event: 'organization.updated', details });
        return organization.id;
      });
      return find(id);
    },
    /** @throws AppError `not_found` */
    async remove(idOrName: string, by: Administrator): Promise<void> {
      await administration.change({ by, scope }, async ({ tx, record }) => {
        const { id, name } = await requireOrganization(store, idOrName, tx);
        await store.remove(id, tx);
        await record({ event: 'organization.deleted', details: { organization: id, name } });
      });
    },
    /** False when nothing changed. @throws AppError `not_found`, `user_not_found` */
    addMember: (subject: Subject, by: Administrator) => changeMember(subject, 'added', by),
    removeMember: (subject: Subject, by: Administrator) => changeMember(subject, 'removed', by),
    /** The user must be a member. */
    addRole: (subject: RoleSubject, by: Administrator) => changeRole(subject, 'added', by),
    removeRole: (subject: RoleSubject, by: Administrator) => changeRole(subject, 'removed', by),
  };
}

export type OrganizationService = ReturnType<typeof createOrganizationService>;

async function requireOrganization(
  store: OrganizationStore,
  idOrName: string,
  tx?: Change['tx'],
): Promise<Organization> {
  const organization = await store.find(idOrName, tx);
  if (organization) return organization;
  throw new AppError('not_found', 'There is no organization with this id or name.');
}

async function create(
  { organizationStore, now }: OrganizationServiceDependencies,
  { tx, record }: Change,
  { name, displayName }: NewOrganization,
): Promise<string> {
  const id = timeOrderedUuid(now());
  await organizationStore.insert({ id, name, displayName, createdAt: now() }, tx);
  await record({ event: 'organization.created', details: { organization: id, name } });
  return id;
}

async function setMember(
  { organizationStore, now }: OrganizationServiceDependencies,
  { tx, concerns, record }: Change,
  { organization, userId }: Subject,
  kind: Kind,
): Promise<boolean> {
  const { id: organizationId } = await requireOrganization(organizationStore, organization, tx);
  if (!(await organizationStore.holdUser(userId, tx))) {
    throw new AppError('user_not_found', 'User not found.');
  }
  await concerns({ users: [userId] });
  const member = { organizationId, userId };
  const isChanged =
    kind === 'added'
      ? await organizationStore.addMember(member, now(), tx)
      : await organizationStore.removeMember(member, tx);
  const event: AuditEvent = `organization.member_${kind}`;
  if (isChanged) await record({ event, userId, details: { organization: organizationId } });
  return isChanged;
}

async function setRole(
  { organizationStore, roles }: OrganizationServiceDependencies,
  { tx, concerns, record }: Change,
  { organization, userId, role }: RoleSubject,
  kind: Kind,
): Promise<boolean> {
  const { id: organizationId } = await requireOrganization(organizationStore, organization, tx);
  const member = { organizationId, userId };
  if (!(await organizationStore.isMember(member, tx))) {
    throw new AppError('user_not_found', 'The user is not a member of the organization.');
  }
  if (!(await roles.exists(role, tx))) {
    throw new AppError('not_found', 'Role not found.');
  }
  if (isBuiltIn(role)) {
    throw new AppError('conflict', 'A built-in role does not belong to an organization.');
  }
  await concerns({ roles: [role], users: [userId] });
  const isChanged =
    kind === 'added'
      ? await organizationStore.addRole(member, role, tx)
      : await organizationStore.removeRole(member, role, tx);
  const event: AuditEvent = `organization.role_${kind}`;
  const details = { organization: organizationId, role };
  if (isChanged) await record({ event, userId, details });
  return isChanged;
}
