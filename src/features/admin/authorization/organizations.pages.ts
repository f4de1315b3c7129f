// Organizations: the list, the form of a new one, and one organization with its members.
import type { Cursors } from '#http/api/cursors.ts';
import { exactTime, relativeTime, showNumber } from '#features/admin/page/formatting.ts';
import type { ActionLink, Block, Cell, RichText } from '#features/admin/page/page-model.ts';
import { panelPath } from '#features/admin/panel-client.ts';
import { readField } from '#features/admin/panel/fields.pages.ts';
import { listQuery, nextHref, readList } from '#features/admin/panel/lists.pages.ts';
import { withNotice } from '#features/admin/panel/notices.pages.ts';
import type { ActionRoute, Panel } from '#features/admin/panel/panel.pages.ts';
import {
  displayName,
  organizationName,
  type Organization,
  type OrganizationMember,
} from '#features/organizations/organizations.ts';
import type { OrganizationService } from '#features/organizations/organizations.service.ts';

export interface OrganizationPageDependencies {
  readonly organizationService: OrganizationService;
  readonly cursors: Cursors;
  readonly now: () => Date;
}

export const organizationsPath = `${panelPath}/organizations`;

export function organizationPath(id: string): string {
  return `${organizationsPath}/${encodeURIComponent(id)}`;
}

const addOrganization = {
  id: 'new-organization',
  label: 'Create an organization',
  href: `${organizationsPath}/new`,
  tone: 'main',
  scope: 'organizations:write',
} as const;

export function addOrganizationPages(
  panel: Panel,
  dependencies: OrganizationPageDependencies,
): void {
  const { organizationService, cursors } = dependencies;
  panel.page({
    path: organizationsPath,
    scope: 'organizations:read',
    async show(ctx) {
      const query = readList(ctx, []);
      const list = listQuery(organizationsPath, query);
      const page = await organizationService.list(cursors.pageOf(list, query.page));
      const shown = cursors.present(list, page, rowOf);
      return {
        title: 'Organizations',
        lead: 'The customers or tenants of an app. Users sign in to one organization at a time and get their roles in it.',
        actions: [addOrganization],
        blocks: [
          {
            kind: 'table',
            caption: 'Organizations by name',
            columns: [
              { label: 'Organization' },
              { label: 'Identifier' },
              { label: 'Members', isNumber: true },
            ],
            rows: shown.items,
            empty: 'Use organizations to keep the users of each customer apart.',
            begin: addOrganization,
            next: nextHref(organizationsPath, query, shown.next_cursor),
          },
        ],
      };
    },
  });
  panel.action(createOrganization(dependencies));
}

function rowOf({ id, name, displayName: shown, memberCount }: Organization): readonly Cell[] {
  return [
    { text: shown, href: organizationPath(id), isStrong: true },
    { text: name, isCode: true },
    showNumber(memberCount),
  ];
}

/** Registered after the actions, whose paths it would match. */
export function addOrganizationDetail(
  panel: Panel,
  dependencies: OrganizationPageDependencies,
): void {
  const { organizationService, cursors, now } = dependencies;
  panel.page({
    path: `${organizationsPath}/:organizationId`,
    scope: 'organizations:read',
    async show(ctx, visit) {
      const found = await organizationService.find(String(ctx.params['organizationId']));
      const path = organizationPath(found.id);
      const query = readList(ctx, []);
      const list = listQuery(path, query);
      const asked = cursors.pageOf(list, query.page);
      const page = await organizationService.listMembers(found.id, asked);
      const mayWrite = visit.may('organizations:write');
      const shown = cursors.present(list, page, (member) =>
        memberRow(member, { path, mayWrite, now: now() }),
      );
      return {
        title: found.displayName,
        back: { label: 'Organizations', href: organizationsPath },
        actions: actionsFor(found),
        blocks: [
          factsOf(found),
          {
            kind: 'table',
            title: 'Members',
            caption: 'Members of the organization and their roles in it',
            columns: ['User', 'Roles', 'Since', 'Action'].map((label) => ({ label })),
            rows: shown.items,
            empty: 'No members yet.',
            begin: {
              label: 'Add a member',
              href: `${path}/members/add`,
              scope: 'organizations:write',
            },
            next: nextHref(path, query, shown.next_cursor),
          },
        ],
      };
    },
  });
}

interface RowOptions {
  readonly path: string;
  readonly mayWrite: boolean;
  readonly now: Date;
}

function memberRow(
  { userId, email, roles, addedAt }: OrganizationMember,
  { path, mayWrite, now }: RowOptions,
): readonly Cell[] {
  const member = `${path}/members/${userId}`;
  return [
    { text: email, href: `${panelPath}/users/${userId}`, isStrong: true },
    roles.map((role): RichText => ({ text: role, tag: 'quiet' })),
    relativeTime(addedAt, now),
    mayWrite
      ? [
          { text: 'Edit roles', href: `${member}/roles` },
          { text: 'Remove', href: `${member}/remove`, isDangerous: true },
        ]
      : '',
  ];
}

function actionsFor({ id }: Organization): readonly ActionLink[] {
  const act = (name: string, label: string, tone?: ActionLink['tone']): ActionLink => ({
    id: `act-${name.replaceAll('/', '-')}`,
    label,
    tone,
    href: `${organizationPath(id)}/${name}`,
    scope: 'organizations:write',
  });
  return [
    act('members/add', 'Add a member', 'main'),
    act('edit', 'Edit'),
    act('delete', 'Delete', 'danger'),
  ];
}

function factsOf({ id, name, memberCount, createdAt }: Organization): Block {
  return {
    kind: 'facts',
    title: 'Organization',
    facts: [
      { label: 'Identifier', value: { text: name, isCode: true, hint: '`org_name` in tokens' } },
      {
        label: 'Organization ID',
        value: { text: id, isCode: true, hint: '`org_id` in tokens' },
        copyId: 'organization-id',
      },
      { label: 'Members', value: showNumber(memberCount) },
      { label: 'Created', value: exactTime(createdAt) },
    ],
  };
}

function createOrganization({ organizationService }: OrganizationPageDependencies): ActionRoute {
  return {
    path: `${organizationsPath}/new`,
    scope: 'organizations:write',
    protection: 'recent',
    async show(_ctx, _visit, form) {
      return {
        title: 'Create an organization',
        lead: 'You add its members on the next page.',
        back: { label: 'Organizations', href: organizationsPath },
        blocks: [
          {
            kind: 'form',
            submit: 'Create organization',
            cancelHref: organizationsPath,
            fields: organizationFields(undefined, form),
          },
        ],
      };
    },
    async act(_ctx, { administrator }, form) {
      const created = await organizationService.create(readOrganization(form), administrator);
      return { to: withNotice(organizationPath(created.id), 'created') };
    },
  };
}

export function organizationFields(
  current: Organization | undefined,
  form: { get(name: string): string } | undefined,
) {
  return [
    {
      name: 'display_name',
      label: 'Display name',
      type: 'text',
      isRequired: true,
      maxLength: 100,
      value: form?.get('display_name') ?? current?.displayName,
    },
    {
      name: 'name',
      label: 'Identifier',
      type: 'text',
      isRequired: true,
      maxLength: 63,
      value: form?.get('name') ?? current?.name,
      hint: 'Lowercase letters, digits and hyphens, such as acme. Clients send it in `organization`.',
    },
  ] as const;
}

/** @throws AppError `invalid_input` */
export function readOrganization(form: { get(name: string): string }) {
  return {
    name: readField(form, 'name', organizationName, 'The identifier'),
    displayName: readField(form, 'display_name', displayName, 'The display name'),
  };
}
