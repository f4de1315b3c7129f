// The navigation of the account pages, and the locals of the overview.
import { aFixture, type ViewFixture } from './view-fixture.ts';
import { accountView } from '#features/account-overview/account-overview.pages.ts';
import type { OverviewRow } from '#features/account-overview/account-rows.pages.ts';
import type { IconName, NavigationItem, PageFrame } from '#http/rendering/page-frame.ts';

const due = { iso: '2026-05-04T12:00:00.000Z', words: 'in 6 days' };

/** The navigation of the account pages, with one item for each icon of the overview. */
export const accountFrame: PageFrame = {
  notice: 'account.notice.password_changed',
  navigation: [
    { id: 'overview', items: [item('home', 'home', 'Overview', true)] },
    {
      id: 'personal',
      label: 'Your details',
      items: [
        item('profile', 'profile', 'Profile'),
        item('email', 'email', 'Email address'),
        item('details-shipping', 'details', 'Shipping'),
      ],
    },
    {
      id: 'security',
      label: 'Sign-in and security',
      items: [
        item('password', 'password', 'Password'),
        item('passkeys', 'passkey', 'Passkeys'),
        item('codes', 'shield', 'Two-step verification'),
        item('linked', 'link', 'Linked accounts'),
      ],
    },
    {
      id: 'access',
      label: 'Devices and apps',
      items: [
        item('sessions', 'devices', 'Where you’re signed in'),
        item('apps', 'apps', 'Connected apps'),
        item('activity', 'activity', 'Recent activity'),
      ],
    },
    {
      id: 'data',
      label: 'Your data',
      items: [
        item('export', 'download', 'Download your data'),
        item('delete', 'delete', 'Delete account'),
      ],
    },
    {
      id: 'session',
      items: [
        item('switch-account', 'switch', 'Switch account'),
        item('sign-out', 'sign-out', 'Sign out'),
      ],
    },
  ],
};

function item(id: string, icon: IconName, label: string, isCurrent = false): NavigationItem {
  return { id, icon, label, isCurrent, href: `/auth/account/${id}` };
}

const statuses: Readonly<Record<string, Pick<OverviewRow, 'status' | 'tone'>>> = {
  profile: { status: 'Ada Lovelace' },
  email: { status: 'ada@example.org' },
  password: { status: 'Last changed 2 months ago' },
  passkeys: { status: '2 passkeys' },
  codes: { status: 'On', tone: 'good' },
  linked: { status: 'None' },
  sessions: { status: '3 devices' },
  apps: { status: '4 apps' },
  requests: { status: '2 waiting' },
  delete: { status: 'Deletion in 6 days', tone: 'warning' },
};

const named = (accountFrame.navigation ?? []).filter(({ label }) => label !== undefined);
const groups = named.map(({ id, label, items }) => ({
  id,
  label,
  rows: items.map((each) => ({ ...each, ...statuses[each.id] })),
}));

function withoutWarning(row: OverviewRow): OverviewRow {
  return row.tone === 'warning' ? { ...row, status: undefined, tone: undefined } : row;
}

const links = {
  formToken: 'token',
  keepAction: '/auth/account/keep',
};

export const overviewFixtures: readonly ViewFixture[] = [
  aFixture(accountView, {
    full: {
      ...links,
      user: {
        name: 'Ada Lovelace',
        email: 'ada@example.org',
        emailVerified: false,
        pictureHref: '/auth/pictures/key-small.jpg',
      },
      waiting: { label: '2 apps are waiting for your answer', href: '/auth/account/requests' },
      advice: [
        { id: 'email', label: 'Confirm your email address' },
        {
          id: 'recovery',
          label: 'Get new recovery codes (only 2 left)',
          href: '/auth/account/codes',
        },
      ],
      groups,
      verifyAction: '/auth/verify/send',
      deletionDue: due,
      playgroundHref: '/auth/playground',
      adminHref: '/auth/admin',
    },
    shown: {
      user: { name: 'Ada Lovelace', email: 'ada@example.org', emailVerified: true },
      waiting: undefined,
      advice: [
        {
          id: 'recovery',
          label: 'Get new recovery codes (only 2 left)',
          href: '/auth/account/codes',
        },
      ],
      groups: groups.map((group) => ({ ...group, rows: group.rows.map(withoutWarning) })),
      deletionDue: undefined,
      playgroundHref: undefined,
      adminHref: undefined,
    },
    short: {
      ...links,
      user: { email: 'ada@example.org', emailVerified: true },
      advice: [],
      groups: groups.map((group) => ({
        ...group,
        rows: group.rows.map(({ id, icon, href, label }) => ({ id, icon, href, label })),
      })),
    },
    hooks: ['id="change-email"', 'id="sign-out"'],
  }),
];
