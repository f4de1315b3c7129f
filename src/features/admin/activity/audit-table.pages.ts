// Audit events as rows of a table.
import { clientSegment } from '#core/clients/administration/client-path.ts';
import type { FoundAuditEvent } from '#core/audit/audit-search.store.ts';
import { describeExactly, relativeTime, shortId } from '#features/admin/page/formatting.ts';
import type { Cell, RichText, TableBlock, Tone } from '#features/admin/page/page-model.ts';
import { describeDevice } from '#platform/request/device-names.ts';

const alarming = new Set(['refresh_token.reused', 'authorization_code.replayed', 'passkey.cloned']);

type Emails = ReadonlyMap<string, string>;

/** @param emails of users by id, as far as the viewer may see them */
export function auditTable(
  events: readonly FoundAuditEvent[],
  now: Date,
  emails: Emails = new Map(),
): TableBlock {
  return {
    kind: 'table',
    isWide: true,
    caption: 'Events of the audit log, most recent first',
    columns: [
      { label: 'Event' },
      { label: 'When' },
      { label: 'By' },
      { label: 'About' },
      { label: 'Details' },
    ],
    rows: events.map((event) => rowOf(event, now, emails)),
    empty: 'No such events.',
  };
}

/** The users whose names a list of events shows. */
export function usersIn(events: readonly FoundAuditEvent[]): readonly string[] {
  return events.flatMap(({ userId, actorKind, actorId }) => [
    ...(userId === undefined ? [] : [userId]),
    ...(actorKind === 'user' && actorId !== undefined ? [actorId] : []),
  ]);
}

function rowOf(event: FoundAuditEvent, now: Date, emails: Emails): readonly Cell[] {
  return [
    { text: event.event, tag: toneOf(event.event) },
    { ...relativeTime(event.at, now), hint: describeExactly(event.at) },
    { ...actorOf(event, emails), hint: originOf(event) },
    subjectsOf(event, emails),
    detailsOf(event),
  ];
}

function toneOf(event: string): Tone {
  if (alarming.has(event)) return 'danger';
  return /refused|throttled|blocked|undelivered/.test(event) ? 'warning' : 'quiet';
}

function actorOf({ actorKind, actorId, userId }: FoundAuditEvent, emails: Emails): RichText {
  if (actorKind !== 'user' || actorId === undefined) return { text: actorId ?? actorKind };
  const text = actorId === userId ? 'the user' : nameOf(actorId, emails);
  return { text, href: `/auth/admin/users/${actorId}` };
}

function nameOf(userId: string, emails: Emails): string {
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
  { userId, clientId, sessionUid }: FoundAuditEvent,
  emails: Emails,
): readonly RichText[] {
  return [
    ...(userId === undefined
      ? []
      : [{ text: nameOf(userId, emails), href: `/auth/admin/users/${userId}` }]),
    ...(clientId === undefined
      ? []
      : [
          {
            text: `client ${shortId(clientId)}`,
            href: `/auth/admin/clients/${encodeURIComponent(clientSegment(clientId))}`,
          },
        ]),
    ...(sessionUid === undefined
      ? []
      : [{ text: 'session', href: `/auth/admin/sessions/${encodeURIComponent(sessionUid)}` }]),
  ];
}

/** The receipt of a revocation is long, and its numbers are on the page of the act. */
function detailsOf({ details }: FoundAuditEvent): string {
  const shown = Object.entries(details).filter(([, value]) => typeof value !== 'object');
  return shown
    .map(([name, value]) => `${name}: ${String(value)}`)
    .join(', ')
    .slice(0, 300);
}
