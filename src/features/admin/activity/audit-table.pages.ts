// Audit events as rows of a table.
import { clientSegment } from '#core/clients/administration/client-path.ts';
import type { FoundAuditEvent } from '#core/audit/audit-search.store.ts';
import type { ClientStore } from '#core/clients/clients.store.ts';
import type { UserStore } from '#core/users/users.store.ts';
import type { PanelVisit } from '#features/admin/access/panel-guard.pages.ts';
import { describeExactly, relativeTime, shortId } from '#features/admin/page/formatting.ts';
import type { Cell, RichText, TableBlock, Tone } from '#features/admin/page/page-model.ts';
import { describeDevice } from '#platform/request/device-names.ts';

const alarming = new Set(['refresh_token.reused', 'authorization_code.replayed', 'passkey.cloned']);

/** What the viewer may see of the users and clients that the events name, by id. */
export interface AuditNames {
  readonly emails: ReadonlyMap<string, string>;
  readonly clients: ReadonlyMap<string, string | undefined>;
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
): TableBlock {
  return {
    kind: 'table',
    isWide: true,
    caption: 'Events of the audit log, most recent first',
    columns: [{ label: 'Event' }, { label: 'When' }, { label: 'By' }, { label: 'About' }],
    rows: events.map((event) => rowOf(event, now, names)),
    empty: 'No such events.',
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

function rowOf(event: FoundAuditEvent, now: Date, names: AuditNames): readonly Cell[] {
  return [
    { text: event.event, tag: toneOf(event.event), hint: detailsOf(event) },
    { ...relativeTime(event.at, now), hint: describeExactly(event.at) },
    { ...actorOf(event, names), hint: originOf(event) },
    subjectsOf(event, names),
  ];
}

function toneOf(event: string): Tone {
  if (alarming.has(event)) return 'danger';
  return /refused|throttled|blocked|undelivered/.test(event) ? 'warning' : 'quiet';
}

function actorOf({ actorKind, actorId, userId }: FoundAuditEvent, names: AuditNames): RichText {
  if (actorKind !== 'user' || actorId === undefined) return { text: actorId ?? actorKind };
  const text = actorId === userId ? 'the user' : nameOf(actorId, names);
  return { text, href: `/auth/admin/users/${actorId}` };
}

function nameOf(userId: string, { emails }: AuditNames): string {
  return emails.get(userId) ?? `user ${shortId(userId)}`;
}

function originOf({ personal }: FoundAuditEvent): string | undefined {
  const textOf = (name: string) => {
    const value = personal?.[name];
    return typeof value === 'string' ? value : '';
  };
  const parts = [textOf('address'), describeDevice(textOf('device'))];
  return parts.filter((part) => part !== '').join(' · ') || undefined;
}

function subjectsOf(
  { userId, clientId, sessionUid, details }: FoundAuditEvent,
  names: AuditNames,
): readonly RichText[] {
  const subjects: readonly RichText[] = [
    ...(userId === undefined
      ? []
      : [{ text: nameOf(userId, names), href: `/auth/admin/users/${userId}` }]),
    ...(clientId === undefined
      ? []
      : [
          {
            text: `client ${names.clients.get(clientId) ?? shortId(clientId)}`,
            href: `/auth/admin/clients/${encodeURIComponent(clientSegment(clientId))}`,
          },
        ]),
    ...(sessionUid === undefined
      ? []
      : [{ text: 'session', href: `/auth/admin/sessions/${encodeURIComponent(sessionUid)}` }]),
    ...(typeof details['familyId'] === 'string'
      ? [{ text: 'token family', href: `/auth/admin/families/${details['familyId']}` }]
      : []),
  ];
  return subjects.flatMap((each, index) => (index === 0 ? [each] : [{ text: '·' }, each]));
}

/** The receipt of a revocation is long, and its numbers are on the page of the act. */
function detailsOf({ details }: FoundAuditEvent): string | undefined {
  const shown = Object.entries(details).filter(([, value]) => typeof value !== 'object');
  const text = shown.map(([name, value]) => `${wordsOf(name)}: ${String(value)}`).join(' · ');
  return text.slice(0, 300) || undefined;
}

/** `initialAccessToken` as "initial access token". */
function wordsOf(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
