// The navigation of the panel: every page that it offers, in groups. A new page of the panel gets
// one entry here.
import type { ManagementScope } from '#core/clients/scopes.ts';
import { panelPath } from '#features/admin/panel-client.ts';
import type { AdminIcon } from '#features/admin/page/choice-blocks.ts';

interface Item {
  readonly id: string;
  readonly icon: AdminIcon;
  readonly label: string;
  readonly path: string;
  readonly scope: ManagementScope;
  /** Other pages that belong to this entry. */
  readonly others?: readonly string[];
}

interface Group {
  readonly label?: string;
  readonly items: readonly Item[];
}

/** Pages in the order of the menu: a new page is one line in the group where it belongs. */
export const panelNavigation: readonly Group[] = [
  {
    items: [
      {
        id: 'overview',
        icon: 'overview',
        label: 'Overview',
        path: panelPath,
        others: [`${panelPath}/start`],
        scope: 'users:read',
      },
    ],
  },
  {
    label: 'People',
    items: [
      item('users', 'users', 'Users', 'users:read'),
      item('sessions', 'devices', 'Sessions', 'sessions:read'),
      item('groups', 'group', 'Groups', 'groups:read'),
      item('organizations', 'organization', 'Organizations', 'organizations:read'),
      item('roles', 'role', 'Roles', 'roles:read'),
    ],
  },
  {
    label: 'Applications',
    items: [
      {
        ...item('clients', 'apps', 'Clients', 'clients:read'),
        others: [`${panelPath}/registration-tokens`, `${panelPath}/statement-issuers`],
      },
      item('resources', 'api', 'API resources', 'resources:read'),
      item('webhooks', 'webhook', 'Webhooks', 'webhooks:read'),
      item('signal-streams', 'signal', 'Shared Signals', 'signals:read'),
      item('providers', 'provider', 'Identity providers', 'providers:read'),
    ],
  },
  {
    label: 'Operations',
    items: [
      item('approvals', 'approval', 'Approvals', 'approvals:read'),
      item('audit', 'audit', 'Audit log', 'audit:read'),
      item('outbox', 'outbox', 'Outbox', 'outbox:read'),
      item('keys', 'key', 'Keys', 'keys:read'),
      item('branding', 'branding', 'Branding', 'branding:write'),
      item('settings', 'settings', 'Settings', 'settings:read'),
    ],
  },
];

function item(id: string, icon: AdminIcon, label: string, scope: ManagementScope): Item {
  return { id, icon, label, scope, path: `${panelPath}/${id}` };
}

export interface ShownNavigationGroup {
  readonly label?: string | undefined;
  readonly items: readonly {
    readonly id: string;
    readonly icon: AdminIcon;
    readonly label: string;
    readonly href: string;
    readonly isCurrent: boolean;
  }[];
}

export interface NavigationRequest {
  /** Path of the requested page, without the path of the issuer. */
  readonly path: string;
  readonly address: (path: string) => string;
  readonly may: (scope: ManagementScope) => boolean;
  /** Number of acts that wait for a second administrator; `undefined` if there are none. */
  readonly waiting: number | undefined;
}

export function showNavigation(request: NavigationRequest): readonly ShownNavigationGroup[] {
  const { path: here, address, may, waiting } = request;
  const isWithin = (path: string) =>
    here === path || (path !== panelPath && here.startsWith(`${path}/`));
  return panelNavigation.flatMap(({ label, items }) => {
    const shown = items.filter(
      ({ id, scope }) => may(scope) && (id !== 'approvals' || waiting !== undefined),
    );
    if (shown.length === 0) return [];
    return [
      {
        label,
        items: shown.map(({ path, scope: _, others = [], ...each }) => ({
          ...each,
          label: each.id === 'approvals' && waiting ? `${each.label} (${waiting})` : each.label,
          href: address(path),
          isCurrent: [path, ...others].some(isWithin),
        })),
      },
    ];
  });
}
