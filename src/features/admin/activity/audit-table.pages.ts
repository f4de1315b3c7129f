// Audit events as rows of a table.
import type { FoundAuditEvent } from '#core/audit/audit-search.store.ts';
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
import {
  isNamed,
  nameClient,
  nameDetails,
  nameUser,
  type AuditNames,
} from './audit-names.pages.ts';

const alarming = new Set(['refresh_token.reused', 'authorization_code.replayed', 'passkey.cloned']);

/** The object on whose page the table is; the rows do not repeat it. */
export interface PageSubject {
  readonly userId?: string;
  readonly clientId?: string;
}

/** Details are below the event, because a column of their own would be too narrow. */
export function auditTable(
  events: readonly FoundAuditEvent[],
  now: Date,
  names: AuditNames,
  page: PageSubject = {},
): TableBlock {
  return {
    kind: 'table',
    isWide: true,
    isFolded: true,
    caption: 'Events of the audit log, most recent first',
    columns: [{ label: 'Event' }, { label: 'When' }, { label: 'By' }, { label: 'About' }],
    rows: events.map((event) => [...actCells(event, now, names), subjectsOf(event, names, page)]),
    empty: 'No matching events.',
  };
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
  if (actorId === undefined) {
    return { text: actorKind === 'operator' ? 'command line' : actorKind };
  }
  if (actorKind === 'user') return nameUser(actorId, names);
  return actorKind === 'client' ? nameClient(actorId, names) : { text: actorId };
}

function originOf({ personal }: FoundAuditEvent): string | undefined {
  const textOf = (name: string) => {
    const value = personal?.[name];
    return typeof value === 'string' ? value : '';
  };
  const device = describeDevice(textOf('device'));
  const parts = [textOf('address'), device === '' ? '' : deviceName(device)];
  return parts.filter((part) => part !== '').join('\u00a0· ') || undefined;
}

/** The acting user is in the previous column. */
function subjectsOf(
  event: FoundAuditEvent,
  names: AuditNames,
  page: PageSubject,
): readonly RichText[] {
  const { userId, clientId, sessionUid, details, actorKind, actorId } = event;
  const isActor = actorKind === 'user' && actorId === userId;
  const isSubject = userId !== undefined && !isActor && userId !== page.userId;
  const { familyId } = details;
  return [
    ...(isSubject ? [nameUser(userId, names)] : []),
    ...(clientId === undefined || clientId === page.clientId ? [] : [nameClient(clientId, names)]),
    ...(sessionUid === undefined
      ? []
      : [
          {
            text: `session ${sessionUid.slice(0, 8)}`,
            href: `/auth/admin/sessions/${encodeURIComponent(sessionUid)}`,
          },
        ]),
    ...(typeof familyId === 'string'
      ? [
          {
            text: `token family ${shortId(familyId)}`,
            href: `/auth/admin/families/${familyId}`,
          },
        ]
      : []),
    ...nameDetails(details, names),
  ];
}

/**
 * The receipt of a revocation is left out, because it is long and its numbers were shown after the act; so is
 * what the subject column already names.
 */
function detailsOf({ details }: FoundAuditEvent): string | undefined {
  const shown = Object.entries(details).filter(
    ([name, value]) => typeof value !== 'object' && name !== 'familyId' && !isNamed(name, value),
  );
  const text = shown.map(([name, value]) => describeDetail(name, value)).join('\u00a0· ');
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
