// The roles, groups and organizations offered as checkboxes: the first ones of each kind.
import { isBuiltIn } from '#core/access-control/assignments.ts';
import type { Option } from '#features/admin/page/page-model.ts';
import { offeredCount } from '#features/admin/panel/assigned.pages.ts';
import type { GroupService } from '#features/groups/groups.service.ts';
import type { OrganizationService } from '#features/organizations/organizations.service.ts';
import type { RoleService } from '#features/roles/roles.service.ts';

export interface Offered {
  readonly options: readonly Option[];
  readonly hasMore: boolean;
}

const builtInHints: Readonly<Record<string, string>> = {
  admin: 'Reads and changes everything, here and in the management API',
  auditor: 'Read-only access to the management API and this panel',
};

export async function offeredRoles(service: RoleService): Promise<Offered> {
  const found = await service.list({ limit: offeredCount + 1 });
  const options = found.slice(0, offeredCount).map(({ id, description }) => ({
    value: id,
    label: id,
    hint: isBuiltIn(id) ? builtInHints[id] : description,
  }));
  return { options, hasMore: found.length > offeredCount };
}

/** Built-in roles do not belong to an organization. */
export async function offeredMemberRoles(service: RoleService): Promise<Offered> {
  const { options, hasMore } = await offeredRoles(service);
  return { options: options.filter(({ value }) => !isBuiltIn(value)), hasMore };
}

const firstPage = { after: undefined, limit: offeredCount };

export async function offeredGroups(service: GroupService): Promise<Offered> {
  const { items, next } = await service.list(firstPage);
  const options = items.map(({ id, name, description }) => ({
    value: id,
    label: name,
    hint: description,
  }));
  return { options, hasMore: next !== undefined };
}

export async function offeredOrganizations(service: OrganizationService): Promise<Offered> {
  const { items, next } = await service.list(firstPage);
  const options = items.map(({ id, displayName, name }) => ({
    value: id,
    label: displayName,
    hint: name,
  }));
  return { options, hasMore: next !== undefined };
}
