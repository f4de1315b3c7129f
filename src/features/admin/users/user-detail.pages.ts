// One user: the account, its sessions on a time line, apps, sign-in methods and recent events.
import { clientSegment } from '#core/clients/administration/client-path.ts';
import type { AssignmentStore } from '#core/access-control/assignments.store.ts';
import type { AuditSearch } from '#core/audit/audit-search.service.ts';
import type { Impersonations } from '#core/impersonations/impersonations.service.ts';
import type { SessionList, ShownSession } from '#core/sessions/session-list.service.ts';
import type { ManagementScope } from '#core/clients/scopes.ts';
import type { FamilyTimelines } from '#core/tokens/refresh-family-view.service.ts';
import type { GrantListStore, ListedGrant } from '#core/tokens/grant-list.store.ts';
import { isBlocked } from '#core/subject-status/subject-status.ts';
import { requireUser } from '#core/users/users.api.ts';
import type { User } from '#core/users/users.ts';
import type { BlockNote, UserStore } from '#core/users/users.store.ts';
import type { Identities } from '#features/federation/identities.service.ts';
import type { CredentialAdministration } from '#features/user-administration/credential-administration.service.ts';
import { describeExactly, exactTime, relativeTime } from '#features/admin/page/formatting.ts';
import type { ActionLink, Block, Fact, Link, RichText } from '#features/admin/page/page-model.ts';
import { findNames, type NameSources } from '#features/admin/activity/audit-names.pages.ts';
import { auditTable } from '#features/admin/activity/audit-table.pages.ts';
import { familyTable } from '#features/admin/activity/family-table.pages.ts';
import { sessionLanes, sessionTable } from '#features/admin/activity/session-table.pages.ts';
import type { PanelVisit } from '#features/admin/access/panel-guard.pages.ts';
import type { Panel } from '#features/admin/panel/panel.pages.ts';
import { assignmentFacts } from './user-assignments.pages.ts';
import { stateOf, userPath, usersPath } from './user-list.pages.ts';

export interface UserDetailDependencies extends NameSources {
  readonly users: UserStore;
  readonly sessionList: SessionList;
  readonly grantList: GrantListStore;
  readonly familyTimelines: FamilyTimelines;
  readonly credentialAdministration: Pick<CredentialAdministration, 'list'>;
  readonly identities: Identities;
  readonly auditSearch: AuditSearch;
  readonly impersonations: Impersonations;
  readonly assignments: AssignmentStore;
  readonly now: () => Date;
}

const shownRows = 10;
const first = { after: undefined, limit: shownRows };
const newestEvents = { after: undefined, limit: 5 };
const dayMilliseconds = 24 * 60 * 60 * 1000;

/** Each part requires the scope of the management API route that returns the same data. */
async function load(dependencies: UserDetailDependencies, id: string, visit: PanelVisit) {
  const { users, sessionList, grantList, familyTimelines } = dependencies;
  const { credentialAdministration, identities, auditSearch, now } = dependencies;
  const user = await requireUser(users, id);
  const [note, assigned, sessions, grants, families, credentials, linked, events] =
    await Promise.all([
      users.findBlockNote(id),
      dependencies.assignments.find(id),
      visit.may('sessions:read') ? sessionList.list(id, first) : undefined,
      visit.may('grants:read') ? grantList.listOfUser(id, first, now()) : undefined,
      visit.may('sessions:read') ? familyTimelines.list(id, first) : undefined,
      credentialAdministration.list(id),
      identities.list(id),
      visit.may('audit:read') ? auditSearch.search({ userId: id }, newestEvents) : undefined,
    ]);
  const names = events && (await findNames(events.items, dependencies, visit));
  return {
    user,
    note,
    assigned,
    sessions,
    grants,
    families,
    credentials,
    linked,
    recent: events && names && auditTable(events.items, now(), names, { userId: id }),
  };
}

type Details = Awaited<ReturnType<typeof load>>;

export function addUserDetail(panel: Panel, dependencies: UserDetailDependencies): void {
  const { now } = dependencies;

  panel.page({
    path: `${usersPath}/:userId`,
    scope: 'users:read',
    async show(ctx, visit) {
      const details = await load(dependencies, String(ctx.params['userId']), visit);
      const { user } = details;
      return {
        title: user.claims.name ?? user.email,
        lead: user.claims.name === undefined ? undefined : user.email,
        tags: [
          stateOf(user, now()),
          ...user.roles.map((role): RichText => ({ text: role, tag: 'quiet' })),
        ],
        back: { label: 'Users', href: usersPath },
        actions: actionsFor(user, now(), dependencies.impersonations.isEnabled),
        blocks: await blocksOf(details, visit, now()),
      };
    },
  });
}

const scopesOfActions: Readonly<Record<string, ManagementScope>> = {
  roles: 'roles:write',
  impersonate: 'users:impersonate',
};

function actionsFor(user: User, now: Date, impersonates: boolean): readonly ActionLink[] {
  const act = (name: string, label: string, tone?: ActionLink['tone']): ActionLink => ({
    id: `act-${name}`,
    label,
    tone,
    href: `${userPath(user.id)}/${name}`,
    scope: scopesOfActions[name] ?? 'users:write',
  });
  return [
    act('edit', 'Edit'),
    act('recovery', 'Send recovery email'),
    ...(impersonates && !isBlocked(user, now) ? [act('impersonate', 'Sign in as this user')] : []),
    act('sign-out', 'Sign out everywhere'),
    isBlocked(user, now) ? act('unblock', 'Unblock') : act('block', 'Block', 'danger'),
    act('delete', 'Delete', 'danger'),
  ];
}

async function blocksOf(details: Details, visit: PanelVisit, now: Date): Promise<readonly Block[]> {
  const { user, note, sessions, families, recent } = details;
  const mayWrite = visit.may('users:write');
  return [
    ...(isBlocked(user, now) ? [blockNote(user, note)] : []),
    { kind: 'facts', title: 'Account', facts: accountFacts(user) },
    assignmentFacts(user, details.assigned),
    ...(sessions
      ? [sessionTable(sessions.items, { now, empty: 'Not signed in anywhere.', isNarrow: true })]
      : []),
    ...(sessions && isLong(sessions.items, now) ? [await sessionLanes(sessions.items, now)] : []),
    methodTable(details, mayWrite, now),
    ...(details.grants ? [appTable(details.grants.items, now)] : []),
    ...(families ? [familyTable(families.items, now)] : []),
    ...(recent ? [{ ...recent, title: 'Recent events', more: allEvents(user) }] : []),
  ];
}

/** On a timeline of less than a day, all sessions would look alike. */
function isLong(sessions: readonly ShownSession[], now: Date): boolean {
  return sessions.some(({ createdAt }) => now.getTime() - createdAt.getTime() > dayMilliseconds);
}

function allEvents({ id }: User): Link {
  return { label: 'All events', href: `/auth/admin/audit?user=${id}` };
}

function blockNote({ blockedAt, blockedUntil }: User, note: BlockNote | undefined): Block {
  const since = blockedAt ? ` since ${describeExactly(blockedAt)}` : '';
  const until = blockedUntil ? `until ${describeExactly(blockedUntil)}` : 'until it is removed';
  const why = note?.reason === undefined ? '' : ` Reason: ${note.reason}`;
  return {
    kind: 'note',
    id: 'block',
    tone: 'warning',
    text: `Blocked${since}, ${until}.${why}`,
  };
}

function accountFacts(user: User): readonly Fact[] {
  const { claims } = user;
  const { address, ...plain } = claims;
  const others = Object.entries(plain)
    .filter(([name]) => name !== 'name')
    .map(([name, value]) => ({ label: name.replaceAll('_', ' '), value: String(value) }));
  return [
    {
      label: 'Email address',
      value: [
        { text: user.email },
        user.emailVerified
          ? { text: 'verified', tag: 'good' }
          : { text: 'not verified', tag: 'quiet' },
      ],
    },
    { label: 'User ID (sub)', value: { text: user.id, isCode: true }, copyId: 'user-id' },
    { label: 'Created', value: exactTime(user.createdAt) },
    { label: 'Last changed', value: exactTime(user.updatedAt) },
    ...others,
    ...(address ? [{ label: 'address', value: Object.values(address).join(', ') }] : []),
  ];
}

function appTable(grants: readonly ListedGrant[], now: Date): Block {
  return {
    kind: 'table',
    title: 'Apps with access',
    caption: 'Apps that the user gave access',
    columns: [{ label: 'App' }, { label: 'Scopes' }, { label: 'Since' }],
    rows: grants.map(({ clientId, clientName, scopes, resources, createdAt }) => [
      {
        text: clientName ?? clientId,
        href: `/auth/admin/clients/${encodeURIComponent(clientSegment(clientId))}`,
      },
      [...scopes, ...Object.values(resources).flat()].join(' ') || '-',
      relativeTime(createdAt, now),
    ]),
    empty: 'No app has access.',
  };
}

function methodTable(details: Details, mayWrite: boolean, now: Date): Block {
  const { user, credentials, linked } = details;
  const { passwordChangedAt, passkeys, secondFactor } = credentials;
  const remove = (path: string): RichText[] =>
    mayWrite ? [{ text: 'Remove', href: `${userPath(user.id)}/${path}`, isDangerous: true }] : [];
  return {
    kind: 'table',
    title: 'Sign-in methods',
    caption: 'Sign-in methods and factors of the user',
    columns: [{ label: 'Method' }, { label: 'Details' }, { label: 'Action' }],
    rows: [
      ...(passwordChangedAt ? [['Password', changedCell(passwordChangedAt, now), '']] : []),
      ...passkeys.map(({ id, name, lastUsedAt }) => [
        'Passkey',
        {
          text: name,
          hint: lastUsedAt ? `used ${relativeTime(lastUsedAt, now).text}` : 'not used',
        },
        remove(`passkeys/${encodeURIComponent(id)}`),
      ]),
      ...(secondFactor.since
        ? [
            [
              'Authenticator app',
              { text: `since ${relativeTime(secondFactor.since, now).text}` },
              remove('second-factor'),
            ],
          ]
        : []),
      ...linked.map(({ id, issuer, email }) => [
        'Linked account',
        { text: issuer, hint: email },
        remove(`identities/${id}`),
      ]),
    ],
    empty: 'No sign-in method. The user can only sign in by email.',
  };
}

function changedCell(at: Date, now: Date): RichText {
  return { text: `changed ${relativeTime(at, now).text}`, time: at.toISOString() };
}
