// Groups of users: the list, the form of a new one, and one group with its roles and members.
import type { Cursors } from '#http/api/cursors.ts';
import { exactTime, relativeTime, showNumber } from '#features/admin/page/formatting.ts';
import type { ActionLink, Block, Cell } from '#features/admin/page/page-model.ts';
import { panelPath } from '#features/admin/panel-client.ts';
import { readField } from '#features/admin/panel/fields.pages.ts';
import { listQuery, nextHref, readList } from '#features/admin/panel/lists.pages.ts';
import { withNotice } from '#features/admin/panel/notices.pages.ts';
import type { ActionRoute, Panel } from '#features/admin/panel/panel.pages.ts';
import { groupName, type Group } from '#features/groups/groups.ts';
import type { GroupService } from '#features/groups/groups.service.ts';
import { descriptionField, readDescription, rolePath } from './role-list.pages.ts';

export interface GroupPageDependencies {
  readonly groupService: GroupService;
  readonly cursors: Cursors;
  readonly now: () => Date;
}

export const groupsPath = `${panelPath}/groups`;

export function groupPath(id: string): string {
  return `${groupsPath}/${encodeURIComponent(id)}`;
}

const addGroup = {
  id: 'new-group',
  label: 'Create a group',
  href: `${groupsPath}/new`,
  tone: 'main',
  scope: 'groups:write',
} as const;

export function addGroupPages(panel: Panel, dependencies: GroupPageDependencies): void {
  const { groupService, cursors } = dependencies;
  panel.page({
    path: groupsPath,
    scope: 'groups:read',
    async show(ctx) {
      const query = readList(ctx, []);
      const list = listQuery(groupsPath, query);
      const page = await groupService.list(cursors.pageOf(list, query.page));
      const shown = cursors.present(list, page, rowOf);
      return {
        title: 'Groups',
        lead: 'Members inherit a group’s roles. Apps receive a user’s groups in the `groups` claim.',
        actions: [addGroup],
        blocks: [
          {
            kind: 'table',
            caption: 'Groups by name',
            columns: [{ label: 'Group' }, { label: 'Roles' }, { label: 'Members', isNumber: true }],
            rows: shown.items,
            empty:
              'Use a group to give many users the same roles, for example everyone in a department.',
            begin: addGroup,
            next: nextHref(groupsPath, query, shown.next_cursor),
          },
        ],
      };
    },
  });
  panel.action(createGroup(dependencies));
}

function rowOf({ id, name, description, roles, memberCount }: Group): readonly Cell[] {
  return [
    { text: name, href: groupPath(id), isStrong: true, hint: description },
    roles.map((role) => ({ text: role, tag: 'quiet' as const })),
    showNumber(memberCount),
  ];
}

/** Registered after the actions, whose paths it would match. */
export function addGroupDetail(panel: Panel, dependencies: GroupPageDependencies): void {
  const { groupService, cursors, now } = dependencies;
  panel.page({
    path: `${groupsPath}/:groupId`,
    scope: 'groups:read',
    async show(ctx, visit) {
      const group = await groupService.find(String(ctx.params['groupId']));
      const path = groupPath(group.id);
      const query = readList(ctx, []);
      const list = listQuery(path, query);
      const page = await groupService.listMembers(group.id, cursors.pageOf(list, query.page));
      const mayWrite = visit.may('groups:write');
      const shown = cursors.present(list, page, ({ userId, email, name, addedAt }) => [
        { text: email, href: `${panelPath}/users/${userId}`, isStrong: true, hint: name },
        relativeTime(addedAt, now()),
        mayWrite ? { text: 'Remove', href: `${path}/members/${userId}`, isDangerous: true } : '',
      ]);
      return {
        title: group.name,
        lead: group.description,
        back: { label: 'Groups', href: groupsPath },
        actions: actionsFor(group),
        blocks: [
          factsOf(group),
          {
            kind: 'table',
            title: 'Members',
            caption: 'Members of the group',
            columns: [{ label: 'User' }, { label: 'Since' }, { label: 'Action' }],
            rows: shown.items,
            empty: 'No members yet.',
            begin: { label: 'Add a member', href: `${path}/members/add`, scope: 'groups:write' },
            next: nextHref(path, query, shown.next_cursor),
          },
        ],
      };
    },
  });
}

function actionsFor({ id }: Group): readonly ActionLink[] {
  const act = (name: string, label: string, tone?: ActionLink['tone']): ActionLink => ({
    id: `act-${name.replaceAll('/', '-')}`,
    label,
    tone,
    href: `${groupPath(id)}/${name}`,
    scope: 'groups:write',
  });
  return [
    act('members/add', 'Add a member', 'main'),
    act('edit', 'Edit'),
    act('delete', 'Delete', 'danger'),
  ];
}

function factsOf({ id, roles, memberCount, createdAt }: Group): Block {
  return {
    kind: 'facts',
    title: 'Group',
    facts: [
      {
        label: 'Roles',
        value:
          roles.length === 0 ? 'none' : roles.map((role) => ({ text: role, href: rolePath(role) })),
        action: {
          id: 'act-roles',
          label: 'Change',
          href: `${groupPath(id)}/roles`,
          scope: 'groups:write',
        },
      },
      { label: 'Members', value: showNumber(memberCount) },
      { label: 'Group ID', value: { text: id, isCode: true }, copyId: 'group-id' },
      { label: 'Created', value: exactTime(createdAt) },
    ],
  };
}

function createGroup({ groupService }: GroupPageDependencies): ActionRoute {
  return {
    path: `${groupsPath}/new`,
    scope: 'groups:write',
    protection: 'recent',
    async show(_ctx, _visit, form) {
      return {
        title: 'Create a group',
        lead: 'You choose its roles and members on the next page.',
        back: { label: 'Groups', href: groupsPath },
        blocks: [
          {
            kind: 'form',
            submit: 'Create group',
            cancelHref: groupsPath,
            fields: [groupNameField(form?.get('name')), descriptionField(form?.get('description'))],
          },
        ],
      };
    },
    async act(_ctx, { administrator }, form) {
      const created = await groupService.create(readGroup(form), administrator);
      return { to: withNotice(groupPath(created.id), 'created') };
    },
  };
}

export function groupNameField(value: string | undefined) {
  return {
    name: 'name',
    label: 'Name',
    type: 'text',
    isRequired: true,
    maxLength: 100,
    value,
    hint: 'Apps receive it in the `groups` claim.',
  } as const;
}

/** @throws AppError `invalid_input` */
export function readGroup(form: { get(name: string): string }) {
  return {
    name: readField(form, 'name', groupName, 'The name'),
    description: readDescription(form.get('description')),
  };
}
