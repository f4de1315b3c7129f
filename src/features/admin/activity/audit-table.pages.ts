// Audit events as rows of a table.
import { clientSegment } from '#core/clients/administration/client-path.ts';
import type { FoundAuditEvent } from '#core/audit/audit-search.store.ts';
import type { ClientStore } from '#core/clients/clients.store.ts';
import type { UserStore } from '#core/users/users.store.ts';
import type { PanelVisit } from '#features/admin/access/panel-guard.pages.ts';
import {
  describeDuration,
  describeExactly,
  deviceName,
  relativeTime,
  shortId,
} from '#features/admin/page/formatting.ts';
import type { Cell, RichText, TableBlock, Tone } from '#features/admin/page/page-model.ts';
import { describeDevice } from '#platform/request/device-names.ts';
import { isUuid } from '#platform/uuid.ts';

const alarming = new Set(['refresh_token.reused', 'authorization_code.replayed', 'passkey.cloned']);

/** What the viewer may see of the users and clients that the events name, by id. */
export interface AuditNames {
  readonly emails: ReadonlyMap<string, string>;
  readonly clients: ReadonlyMap<string, string | undefined>;
}

/** Whose page the table is on; its rows do not repeat it. */
export interface PageSubject {
  readonly userId?: string;
  readonly clientId?: string;
}

export interface NameSources {
  readonly users: Pick<UserStore, 'emailsOf'>;
  readonly clientStore: Pick<ClientStore, 'namesOf'>;
}

/** Details stand below the event, where they have room; they would be squeezed into a last column. */
export function auditTable(
  events: readonly FoundAuditEvent[],
  now: Date,
  names: AuditNames,
  page: PageSubject = {},
): TableBlock {
  return {
    kind: 'table',
    isWide: true,
    caption: 'Events of the audit log, most recent first',
    columns: [{ label: 'Event' }, { label: 'When' }, { label: 'By' }, { label: 'About' }],
    rows: events.map((event) => [...actCells(event, now, names), subjectsOf(event, names, page)]),
    empty: 'No matching events.',
  };
}

export async function findNames(
  events: readonly FoundAuditEvent[],
  { users, clientStore }: NameSources,
  visit: PanelVisit,
): Promise<AuditNames> {
  const clientIds = events.flatMap(({ clientId }) => (clientId === undefined ? [] : [clientId]));
  const [emails, clients] = await Promise.all([
    users.emailsOf(visit.may('users:read') ? usersIn(events) : []),
    clientStore.namesOf(visit.may('clients:read') ? clientIds : []),
  ]);
  return { emails, clients };
}

function usersIn(events: readonly FoundAuditEvent[]): readonly string[] {
  return events.flatMap(({ userId, actorKind, actorId }) => [
    ...(userId === undefined ? [] : [userId]),
    ...(actorKind === 'user' && actorId !== undefined ? [actorId] : []),
  ]);
}

function actCells(event: FoundAuditEvent, now: Date, names: AuditNames): readonly Cell[] {
  return [
    { text: event.event, tag: toneOf(event.event), hint: detailsOf(event) },
    { ...relativeTime(event.at, now), hint: describeExactly(event.at) },
    { ...actorOf(event, names), hint: originOf(event) },
  ];
}

function toneOf(event: string): Tone {
  if (alarming.has(event)) return 'danger';
  return /refused|throttled|blocked|undelivered/.test(event) ? 'warning' : 'quiet';
}

function actorOf({ actorKind, actorId }: FoundAuditEvent, names: AuditNames): RichText {
  if (actorKind !== 'user' || actorId === undefined) {
    return { text: actorId ?? (actorKind === 'operator' ? 'command line' : actorKind) };
  }
  return { text: nameOf(actorId, names), href: `/auth/admin/users/${actorId}` };
}

function nameOf(userId: string, { emails }: AuditNames): string {
  return emails.get(userId) ?? `user ${shortId(userId)}`;
}

function originOf({ personal }: FoundAuditEvent): string | undefined {
  const textOf = (name: string) => {
    const value = personal?.[name];
    return typeof value === 'string' ? value : '';
  };
  const device = describeDevice(textOf('device'));
  const parts = [textOf('address'), device === '' ? '' : deviceName(device)];
  return parts.filter((part) => part !== '').join(' · ') || undefined;
}

/** Kinds of things with a page of their own; an event names the thing by its id. */
const pagesOfDetails: Readonly<Record<string, string>> = {
  webhook: 'webhooks',
  group: 'groups',
  organization: 'organizations',
  provider: 'providers',
  role: 'roles',
};

/** The user who acted is in the column before. Things without a known name have the start of their id. */
function subjectsOf(
  event: FoundAuditEvent,
  names: AuditNames,
  page: PageSubject,
): readonly RichText[] {
  const { userId, clientId, sessionUid, details, actorKind, actorId } = event;
  const isActor = actorKind === 'user' && actorId === userId;
  return [
    ...(userId === undefined || isActor || userId === page.userId
      ? []
      : [{ text: nameOf(userId, names), href: `/auth/admin/users/${userId}` }]),
    ...(clientId === undefined || clientId === page.clientId
      ? []
      : [
          {
            text: names.clients.get(clientId) ?? `client ${shortId(clientId)}`,
            href: `/auth/admin/clients/${encodeURIComponent(clientSegment(clientId))}`,
          },
        ]),
    ...(sessionUid === undefined
      ? []
      : [
          {
            text: `session ${sessionUid.slice(0, 8)}`,
            href: `/auth/admin/sessions/${encodeURIComponent(sessionUid)}`,
          },
        ]),
    ...(typeof details['familyId'] === 'string'
      ? [
          {
            text: `token family ${shortId(details['familyId'])}`,
            href: `/auth/admin/families/${details['familyId']}`,
          },
        ]
      : []),
    ...Object.entries(details).flatMap(([kind, id]) => linkOf(kind, id)),
  ];
}

function linkOf(kind: string, id: unknown): readonly RichText[] {
  const page = pagesOfDetails[kind];
  if (page === undefined || typeof id !== 'string') return [];
  return [
    { text: `${kind} ${shortId(id)}`, href: `/auth/admin/${page}/${encodeURIComponent(id)}` },
  ];
}

/**
 * The receipt of a revocation is long, and its numbers are on the page of the act. What a link names
 * is not repeated.
 */
function detailsOf({ details }: FoundAuditEvent): string | undefined {
  const shown = Object.entries(details).filter(
    ([name, value]) =>
      typeof value !== 'object' && name !== 'familyId' && linkOf(name, value).length === 0,
  );
  const text = shown.map(([name, value]) => describeDetail(name, value)).join(' · ');
  return text.slice(0, 300) || undefined;
}

function describeDetail(name: string, value: unknown): string {
  if (name.endsWith('Seconds') && typeof value === 'number') {
    return `${wordsOf(name.slice(0, -'Seconds'.length))}: ${describeDuration(value)}`;
  }
  const text = String(value);
  const isId = name.endsWith('Id') || isUuid(text);
  return `${wordsOf(name)}: ${isId ? text.slice(0, 8) : text}`;
}

/** `initialAccessToken` as "initial access token". */
function wordsOf(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
