// The list of users: search by address or name, filter by state and role, page by page.
import type { AuditSearch } from '#core/audit/audit-search.service.ts';
import { canonicalEmail } from '#core/users/email-addresses.ts';
import { isBlocked } from '#core/subject-status/subject-status.ts';
import { builtInRoles } from '#core/access-control/assignments.ts';
import type { User } from '#core/users/users.ts';
import type { Cursors } from '#http/api/cursors.ts';
import { cutPage } from '#platform/paging.ts';
import { panelPath } from '#features/admin/panel-client.ts';
import { day, relativeTime } from '#features/admin/page/formatting.ts';
import type { Option, RichText, SearchBlock } from '#features/admin/page/page-model.ts';
import type { PanelVisit } from '#features/admin/access/panel-guard.pages.ts';
import { offeredRoles } from '#features/admin/authorization/offered.pages.ts';
import type { Panel } from '#features/admin/panel/panel.pages.ts';
import { listQuery, nextHref, readList } from '#features/admin/panel/lists.pages.ts';
import type { RoleService } from '#features/roles/roles.service.ts';
import type { UserAdministrationStore } from '#features/user-administration/user-administration.store.ts';

export interface UserListDependencies {
  readonly userList: Pick<UserAdministrationStore, 'list'>;
  readonly roleService: RoleService;
  readonly auditSearch: Pick<AuditSearch, 'lastSignIns'>;
  readonly cursors: Cursors;
  readonly now: () => Date;
}

export const usersPath = `${panelPath}/users`;

export function userPath(id: string): string {
  return `${usersPath}/${id}`;
}

const states = [
  { value: '', label: 'All' },
  { value: 'blocked', label: 'Blocked' },
];

export function addUserList(panel: Panel, dependencies: UserListDependencies): void {
  const { userList, auditSearch, cursors, now } = dependencies;

  panel.page({
    path: usersPath,
    scope: 'users:read',
    async show(ctx, visit) {
      const query = readList(ctx, ['q', 'role', 'state']);
      const { limit, after } = cursors.pageOf(listQuery(usersPath, query), query.page);
      const role = query.values['role'] || undefined;
      const text = query.values['q']?.trim() || undefined;
      const filter = { text, role, isBlocked: query.values['state'] === 'blocked' };
      const at = now();
      const found = await userList.list(filter, { after: after?.[0], limit: limit + 1, at });
      const page = cutPage(found, limit, ({ email }) => [canonicalEmail(email)]);
      const ids = page.items.map(({ id }) => id);
      const signIns = visit.may('audit:read') ? await auditSearch.lastSignIns(ids) : undefined;
      const present = (user: User) => rowOf(user, at, signIns);
      const shown = cursors.present(listQuery(usersPath, query), page, present);
      return {
        title: 'Users',
        lead: 'Everyone with an account, sorted by email address.',
        actions: [
          { id: 'invite', label: 'Invite', href: `${usersPath}/invite`, scope: 'users:write' },
          {
            id: 'new-user',
            label: 'Add a user',
            href: `${usersPath}/new`,
            tone: 'main',
            scope: 'users:write',
          },
        ],
        blocks: [
          searchOf(query.values, await roleOptions(dependencies, visit, role)),
          {
            kind: 'table',
            caption: 'Users by email address',
            columns: [
              { label: 'User' },
              { label: 'State' },
              { label: 'Roles' },
              ...(signIns ? [{ label: 'Last sign-in' }] : []),
              { label: 'Created' },
            ],
            rows: shown.items,
            empty: text === undefined ? 'No matching users.' : `No user matches “${text}”.`,
            next: nextHref(usersPath, query, shown.next_cursor),
          },
        ],
      };
    },
  });
}

/** Every role, including the chosen one; only built-in roles for administrators who may not see roles. */
async function roleOptions(
  { roleService }: UserListDependencies,
  visit: PanelVisit,
  chosen: string | undefined,
): Promise<readonly Option[]> {
  const visible = visit.may('roles:read')
    ? (await offeredRoles(roleService)).options.map(({ value }) => value)
    : builtInRoles;
  const roles = new Set<string>(visible);
  if (chosen !== undefined) roles.add(chosen);
  return [...roles].map((role) => ({ value: role, label: role }));
}

function searchOf(
  values: Readonly<Record<string, string | undefined>>,
  roles: readonly Option[],
): SearchBlock {
  return {
    kind: 'search',
    action: usersPath,
    submit: 'Search',
    fields: [
      { name: 'q', label: 'Email address or name', type: 'text', value: values['q'] },
      { name: 'state', label: 'State', type: 'select', value: values['state'], options: states },
      {
        name: 'role',
        label: 'Role',
        type: 'select',
        value: values['role'],
        options: [{ value: '', label: 'Any' }, ...roles],
      },
    ],
  };
}

/** @param signIns the last sign-ins, for viewers who may read the audit log */
function rowOf(user: User, at: Date, signIns: ReadonlyMap<string, Date> | undefined) {
  const { id, email, claims, createdAt } = user;
  const signIn = signIns?.get(id);
  return [
    { text: email, href: userPath(id), isStrong: true, hint: claims.name },
    stateOf(user, at),
    user.roles.map((role): RichText => ({ text: role, tag: 'quiet' })),
    ...(signIns ? [signIn ? relativeTime(signIn, at) : 'never'] : []),
    day(createdAt),
  ];
}

export function stateOf(user: User, at: Date): RichText {
  if (isBlocked(user, at)) return { text: 'blocked', tag: 'danger' };
  if (user.deletionDueAt) return { text: 'to be deleted', tag: 'warning' };
  return user.emailVerified
    ? { text: 'active', tag: 'good' }
    : { text: 'address unverified', tag: 'quiet' };
}
