// Groups in a configuration file, by name, with their roles. Members are data, not configuration.
import { z } from 'zod';
import type { Administrator } from '#core/access-control/administration.service.ts';
import type { Group } from '#features/groups/groups.ts';
import { groupName } from '#features/groups/groups.ts';
import type { GroupService } from '#features/groups/groups.service.ts';
import type { Kind, KindChange } from './kind.ts';
import { readAll, sorted } from './values.ts';

export interface GroupKindServices {
  readonly groupService: GroupService;
  readonly administrator: Administrator;
}

const schema = z.strictObject({
  description: z.string().optional(),
  roles: z.array(z.string().min(1).max(400)).max(1000).optional(),
});

export const groupKind: Kind<GroupKindServices> = {
  name: 'groups',
  schema,
  findKeyFault: (key) =>
    groupName.safeParse(key).data === key ? undefined : `must be ${groupName.description}`,
  bind: (services) => ({
    async read() {
      const groups = await readAll<Group>((page) => services.groupService.list(page));
      return new Map(
        groups.map(({ name, description: text, roles }) => [name, groupValues(text, roles)]),
      );
    },
    async complete({ values }) {
      const { description: text, roles = [] } = schema.parse(values);
      return groupValues(text, roles);
    },
    write: (change) => writeGroup(services, change),
    finish: (change) => writeRoles(services, change),
    async remove(key) {
      const { id, memberCount } = await services.groupService.find(key);
      await services.groupService.remove(id, services.administrator);
      return { effects: [{ name: 'members', count: memberCount }] };
    },
  }),
};

function groupValues(text: string | undefined, roles: readonly string[]) {
  return {
    ...(text === undefined ? {} : { description: text }),
    ...(roles.length === 0 ? {} : { roles: sorted(roles) }),
  };
}

async function writeGroup(
  { groupService, administrator }: GroupKindServices,
  { key, before, after, fields }: KindChange,
) {
  const { description: text } = schema.parse(after);
  if (!before) {
    await groupService.create({ name: key, description: text }, administrator);
  } else if (fields.some(({ name }) => name === 'description')) {
    const { id } = await groupService.find(key);
    await groupService.update(id, { description: text }, administrator);
  }
  return {};
}

/** Written after the roles themselves. */
async function writeRoles(
  { groupService, administrator }: GroupKindServices,
  { key, before, after, fields }: KindChange,
): Promise<void> {
  if (!fields.some(({ name }) => name === 'roles')) return;
  const { id } = await groupService.find(key);
  const old = before ? (schema.parse(before).roles ?? []) : [];
  const next = schema.parse(after).roles ?? [];
  for (const role of old.filter((each) => !next.includes(each))) {
    await groupService.removeRole(id, role, administrator);
  }
  for (const role of next.filter((each) => !old.includes(each))) {
    await groupService.addRole(id, role, administrator);
  }
}
