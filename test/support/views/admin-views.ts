// A page of the panel with every kind of block.
import { adminPageView } from '#features/admin/panel/panel-view.pages.ts';
import { drawBars, drawGroups } from '#features/admin/page/chart.ts';
import { drawLanes } from '#features/admin/page/lanes.ts';
import { aFixture, type ViewFixture } from './view-fixture.ts';
import type { Block, Field } from '#features/admin/page/page-model.ts';

const from = Date.parse('2026-05-04T00:00:00Z');
const hours = Array.from({ length: 24 }, (_, index) => new Date(from + index * 3_600_000));
const values = hours.map((_, index) => (index * 7) % 23);
const series = [
  { label: 'succeeded', values },
  { label: 'refused', values: values.map((value) => value % 5) },
];
const at = (hour: number) => new Date(from + hour * 3_600_000);

const fields: readonly Field[] = [
  { name: 'name', label: 'Name', type: 'text', isRequired: true, value: 'Ada', maxLength: 100 },
  { name: 'lines', label: 'Redirect URIs', type: 'lines', hint: 'One per line.' },
  { name: 'check', label: 'First-party', type: 'check', value: 'on', hint: 'No consent.' },
  {
    name: 'select',
    label: 'Format',
    type: 'select',
    value: 'jwt',
    options: [
      { value: 'opaque', label: 'opaque' },
      { value: 'jwt', label: 'jwt' },
    ],
  },
  { name: 'secret', label: 'Password', type: 'password' },
  {
    name: 'scope',
    label: 'Scopes',
    type: 'checks',
    hint: 'Tick some.',
    isFolded: true,
    options: [
      { value: 'users:read', label: 'read', group: 'users', isOn: true, hint: 'See users.' },
      { value: 'users:write', label: 'write', group: 'users' },
    ],
  },
  { name: 'accent', label: 'Accent', type: 'text', value: '#1d5c47', swatch: '#1d5c47' },
  {
    name: 'abilities',
    label: 'What it may do',
    type: 'set',
    fields: [{ name: 'sign-in', label: 'Sign users in', type: 'check', value: 'on' }],
  },
  { name: 'hidden', label: '', type: 'hidden', value: 'x' },
];

const lane = {
  label: 'Firefox on Linux',
  from: at(2),
  to: at(20),
  tone: 'good',
  events: [
    { at: at(2), tone: 'good', label: 'signed in' },
    { at: at(19), tone: 'danger', label: 'a superseded token was used again' },
  ],
} as const;

const blocks: readonly Block[] = [
  { kind: 'note', id: 'note', tone: 'warning', text: 'A note.', items: ['First.', 'Second.'] },
  { kind: 'stats', stats: [{ label: 'Users', value: '12', hint: '1 blocked', href: '/x' }] },
  {
    kind: 'chart',
    id: 'bars',
    title: 'Sign-ins',
    summary: '12 sign-ins.',
    empty: 'No sign-ins.',
    picture: drawBars(hours, series),
  },
  {
    kind: 'chart',
    id: 'groups',
    title: 'Tokens',
    summary: '12 tokens.',
    empty: 'No tokens.',
    picture: drawGroups(hours, series),
  },
  {
    kind: 'lanes',
    title: 'Over time',
    summary: 'One session.',
    picture: drawLanes([lane], { from: at(0), to: at(21) }),
  },
  {
    kind: 'timeline',
    title: 'Tokens',
    summary: '1 rotation.',
    items: [
      { title: 'Token 0', tone: 'good', at: { text: '12:00', time: at(12).toISOString() } },
      { title: 'Token 1', tone: 'danger', gap: '1 hour later', hint: 'Firefox, Linux' },
    ],
  },
  {
    kind: 'search',
    action: '/auth/admin/users',
    submit: 'Search',
    fields: [{ name: 'q', label: 'Search', type: 'text' }],
  },
  {
    kind: 'table',
    title: 'Users',
    caption: 'Users by email address',
    columns: [{ label: 'User' }, { label: 'State' }, { label: 'Rotations', isNumber: true }],
    rows: [
      [
        { text: 'ada@example.org', href: '/x', isStrong: true, hint: 'Ada Lovelace' },
        { text: 'active', tag: 'good' },
        '3',
      ],
    ],
    empty: 'No users.',
    next: '/auth/admin/users?cursor=x',
    more: { id: 'more', label: 'All', href: '/x' },
  },
  {
    kind: 'table',
    caption: 'Nothing',
    columns: [],
    rows: [],
    empty: 'Nothing.',
    begin: { label: 'Add one', href: '/x', scope: 'users:write' },
  },
  {
    kind: 'form',
    title: 'Edit',
    fields,
    submit: 'Save',
    isDangerous: true,
    cancelHref: '/x',
    action: '/x',
    formToken: 'token',
  },
  { kind: 'code', id: 'snippet', title: 'Snippet', hint: 'Shown once.', text: 'const a = 1;' },
  {
    kind: 'checklist',
    title: 'Set up',
    items: [
      { id: 'one', isDone: true, label: 'Confirm', hint: 'Now.', href: '/x', action: 'Go' },
      { id: 'two', isDone: false, label: 'Register', hint: 'Then.', href: '/x', action: 'Go' },
    ],
  },
  {
    kind: 'choices',
    choices: [{ id: 'web', label: 'Web', hint: 'On a server.', icon: 'web', href: '/x' }],
  },
];

const side: readonly Block[] = [
  {
    kind: 'facts',
    title: 'Account',
    facts: [
      { label: 'ID', value: { text: '6c1f', isCode: true }, copyId: 'the-id' },
      { label: 'Created', value: { text: '2 hours ago', time: at(1).toISOString() } },
      {
        label: 'Roles',
        value: 'none',
        action: { id: 'act-roles', label: 'Change', href: '/x', scope: 'roles:write' },
      },
    ],
  },
];

const frame = {
  heading: 'Overview',
  adminHref: '/auth/admin',
  accountHref: '/auth/account',
  signOutHref: '/oauth2/logout',
  groups: [
    {
      label: 'People',
      items: [
        { id: 'users', icon: 'users', label: 'Users', href: '/auth/admin/users', isCurrent: true },
      ],
    },
  ],
} as const;

export const adminFixtures: readonly ViewFixture[] = [
  aFixture(adminPageView, {
    full: {
      ...frame,
      lead: 'The last 24 hours.',
      tags: [{ text: 'active', tag: 'good' }],
      back: { label: 'Users', href: '/auth/admin/users' },
      actions: [
        { id: 'act', label: 'Block', href: '/x', tone: 'danger', scope: 'users:write' },
        { label: 'Add', href: '/x', tone: 'main', scope: 'users:write' },
      ],
      moreActions: [
        { id: 'act-edit', label: 'Edit', href: '/x', scope: 'users:write' },
        { id: 'act-delete', label: 'Delete', href: '/x', tone: 'danger', scope: 'users:write' },
      ],
      blocks,
      side,
      below: [{ kind: 'table', caption: 'Events', columns: [], rows: [], empty: 'No events.' }],
      notice: 'The changes are saved.',
      user: { name: 'ada@example.org', isReadOnly: true },
    },
    short: { ...frame, tags: [], actions: [], moreActions: [], blocks: [], side: [], below: [] },
  }),
];
