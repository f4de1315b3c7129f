// The sessions of all users, and one session with its grants and refresh token families.
import { clientSegment } from '#core/clients/administration/client-path.ts';
import type { SessionList } from '#core/sessions/session-list.service.ts';
import type { SessionTree, TreeGrant, TreeRoot } from '#core/sessions/session-tree.service.ts';
import type { UserStore } from '#core/users/users.store.ts';
import type { Blocking } from '#core/revocation/revocation.service.ts';
import { notFound, sessionUid } from '#http/api/parameters.ts';
import type { Cursors } from '#http/api/cursors.ts';
import { AppError } from '#platform/errors.ts';
import { panelPath } from '#features/admin/panel-client.ts';
import { deviceName, exactTime, relativeTime, shortId } from '#features/admin/page/formatting.ts';
import type { Block, Fact, TableBlock } from '#features/admin/page/page-model.ts';
import { receiptPage } from '#features/admin/page/receipt.ts';
import { listQuery, nextHref, readList } from '#features/admin/panel/lists.pages.ts';
import type { Panel } from '#features/admin/panel/panel.pages.ts';
import { addFamilyPage, type FamilyPageDependencies } from './family.pages.ts';
import { familyTable, showState } from './family-table.pages.ts';
import { describeMethods, sessionPath, sessionTable } from './session-table.pages.ts';
import { filteredUser } from './user-filter.pages.ts';

export interface SessionPageDependencies extends FamilyPageDependencies {
  readonly sessionList: SessionList;
  readonly sessionTree: SessionTree;
  readonly users: UserStore;
  readonly blocking: Blocking;
  readonly cursors: Cursors;
}

const path = `${panelPath}/sessions`;

export function addSessionPages(panel: Panel, dependencies: SessionPageDependencies): void {
  addList(panel, dependencies);
  addEveryone(panel, dependencies);
  addEnd(panel, dependencies);
  addDetail(panel, dependencies);
  addFamilyPage(panel, dependencies);
}

function addList(panel: Panel, dependencies: SessionPageDependencies): void {
  const { sessionList, users, cursors, now } = dependencies;
  panel.page({
    path,
    scope: 'sessions:read',
    async show(ctx, visit) {
      const query = readList(ctx, ['user']);
      const list = listQuery(path, query);
      const user = query.values['user'];
      const wanted = await filteredUser(user, users, visit);
      const page = await sessionList.list(wanted, cursors.pageOf(list, query.page));
      const { next_cursor: cursor } = cursors.present(list, page, () => undefined);
      const ids = page.items.map(({ userId }) => userId);
      const emails = await users.emailsOf(visit.may('users:read') ? ids : []);
      const table = sessionTable(page.items, {
        now: now(),
        empty: user === undefined ? 'No user is signed in.' : 'No session of this user.',
      });
      const { title: _, columns, rows, ...rest } = table;
      const withUser: TableBlock = {
        ...rest,
        columns: [...columns.slice(0, 1), { label: 'User' }, ...columns.slice(1)],
        rows: rows.map((row, index) => {
          const userId = page.items[index]?.userId ?? '';
          const text = emails.get(userId) ?? `user ${shortId(userId)}`;
          const link = { text, href: `${panelPath}/users/${userId}` };
          return [...row.slice(0, 1), link, ...row.slice(1)];
        }),
        next: nextHref(path, query, cursor),
      };
      return {
        title: 'Sessions',
        lead: 'Signed-in browsers, most recent first.',
        actions: [
          {
            id: 'sign-everyone-out',
            label: 'Sign everyone out',
            href: `${path}/everyone`,
            tone: 'danger',
            scope: 'sessions:write',
          },
        ],
        blocks: [
          {
            kind: 'search',
            action: path,
            submit: 'Search',
            fields: [{ name: 'user', label: 'User (email or ID)', type: 'text', value: user }],
          },
          withUser,
        ],
      };
    },
  });
}

function addEveryone(panel: Panel, { blocking }: SessionPageDependencies): void {
  panel.action({
    path: `${path}/everyone`,
    scope: 'sessions:write',
    protection: 'reason',
    async show() {
      return {
        title: 'Sign everyone out?',
        lead: 'Every session, grant and token of all users ends, including your own. For emergencies.',
        back: { label: 'Sessions', href: path },
        blocks: [
          {
            kind: 'form',
            fields: [],
            submit: 'Sign everyone out',
            isDangerous: true,
            cancelHref: path,
          },
        ],
      };
    },
    async act(_ctx, visit) {
      // The same scope as in the management API, because it affects every user.
      if (!visit.may('users:write'))
        throw new AppError('forbidden', 'Your role does not permit this.');
      const receipt = await blocking.signEveryoneOut(visit.actor);
      const back = { label: 'Sign in again', href: panelPath };
      return receiptPage(receipt, { title: 'Everyone is signed out', back });
    },
  });
}

function addEnd(panel: Panel, { blocking }: SessionPageDependencies): void {
  panel.action({
    path: `${path}/:uid/end`,
    scope: 'sessions:write',
    protection: 'reason',
    async show(ctx) {
      const uid = String(ctx.params['uid']);
      return {
        title: 'End this session?',
        lead: 'The user is signed out in this browser and its tokens are revoked.',
        back: { label: 'The session', href: sessionPath(uid) },
        blocks: [
          {
            kind: 'form',
            fields: [],
            submit: 'End session',
            isDangerous: true,
            cancelHref: sessionPath(uid),
          },
        ],
      };
    },
    async act(ctx, { actor }) {
      const receipt = await blocking.endSession(String(ctx.params['uid']), actor);
      const back = { label: 'Sessions', href: path };
      return receiptPage(receipt, { title: 'The session has ended', back });
    },
  });
}

function addDetail(panel: Panel, { sessionTree, now }: SessionPageDependencies): void {
  panel.page({
    path: `${path}/:uid`,
    scope: 'sessions:read',
    async show(ctx, visit) {
      const root = await sessionTree.root(String(ctx.params['uid']));
      if (!root) throw notFound(sessionUid);
      const grants = await sessionTree.grants(root.uid);
      return {
        title: root.deviceName === undefined ? 'Session' : deviceName(root.deviceName),
        tags: [showState(root.state)],
        back: { label: 'Sessions', href: path },
        actions:
          root.state === 'alive'
            ? [
                {
                  id: 'act-end',
                  label: 'End session',
                  tone: 'danger',
                  href: `${sessionPath(root.uid)}/end`,
                  scope: 'sessions:write',
                },
              ]
            : [],
        blocks: [
          { kind: 'facts', title: 'Session', facts: sessionFacts(root) },
          ...(visit.may('grants:read') ? [grantTable(grants, now())] : []),
          familyTable(
            grants.flatMap(({ families }) => families),
            now(),
          ),
        ],
      };
    },
  });
}

function sessionFacts(root: TreeRoot): readonly Fact[] {
  const { uid, userId, email, address, amr, signedInAt, lastUsedAt, expiresAt, endedAt } = root;
  return [
    { label: 'Session ID', value: { text: uid, isCode: true }, copyId: 'session-id' },
    ...(userId === undefined
      ? []
      : [
          { label: 'User', value: { text: email ?? userId, href: `${panelPath}/users/${userId}` } },
        ]),
    { label: 'IP address', value: address ?? '-' },
    { label: 'Signed in with', value: describeMethods(amr) || '-' },
    ...(signedInAt ? [{ label: 'Signed in', value: exactTime(signedInAt) }] : []),
    { label: 'Last used', value: exactTime(lastUsedAt) },
    { label: 'Expires', value: exactTime(expiresAt) },
    ...(endedAt
      ? [{ label: 'Ended', value: { ...exactTime(endedAt), hint: root.endedBecause } }]
      : []),
  ];
}

function grantTable(grants: readonly TreeGrant[], now: Date): Block {
  return {
    kind: 'table',
    title: 'Apps with access',
    caption: 'Apps that were given access in this session',
    columns: [{ label: 'App' }, { label: 'Scopes' }, { label: 'State' }, { label: 'Since' }],
    rows: grants.map(({ clientId, clientName, scope, state, createdAt }) => [
      {
        text: clientName ?? clientId,
        href: `${panelPath}/clients/${encodeURIComponent(clientSegment(clientId))}`,
      },
      scope ?? '-',
      showState(state),
      relativeTime(createdAt, now),
    ]),
    empty: 'No app was signed in to.',
  };
}
