// Sessions as rows of a table and as lanes of a timeline.
import { clientSegment } from '#core/clients/administration/client-path.ts';
import type { ShownSession } from '#core/sessions/session-list.service.ts';
import { deviceName, plural, relativeTime } from '#features/admin/page/formatting.ts';
import type { TableBlock } from '#features/admin/page/page-model.ts';
import type { LanesBlock } from '#features/admin/page/picture-blocks.ts';

/** A timeline of a shorter period would exaggerate differences of seconds. */
const shortestMilliseconds = 3_600_000;

export function sessionPath(uid: string): string {
  return `/auth/admin/sessions/${encodeURIComponent(uid)}`;
}

const methods: Readonly<Record<string, string>> = {
  pwd: 'password',
  email: 'email',
  fed: 'identity provider',
  hwk: 'passkey',
  swk: 'passkey',
  otp: 'authenticator app',
  mfa: 'two factors',
};

/** The values of `amr` (RFC 8176) in words. */
export function describeMethods(amr: readonly string[]): string {
  return [...new Set(amr.map((value) => methods[value] ?? value))].join(', ');
}

export interface SessionTableOptions {
  readonly now: Date;
  readonly empty: string;
  /** For narrow tables beside other cards, without the time of the sign-in. */
  readonly isNarrow?: boolean;
}

export function sessionTable(
  sessions: readonly ShownSession[],
  { now, empty, isNarrow = false }: SessionTableOptions,
): TableBlock {
  const signedInAt = ({ signedInAt: at, createdAt }: ShownSession) =>
    relativeTime(at ?? createdAt, now);
  return {
    kind: 'table',
    title: 'Sessions',
    caption: 'Active sessions, most recent first',
    columns: [
      { label: 'Device' },
      { label: 'IP address' },
      ...(isNarrow ? [] : [{ label: 'Signed in' }]),
      { label: 'Last used' },
      { label: 'Apps' },
    ],
    rows: sessions.map((session) => [
      {
        text: deviceName(session.deviceName),
        href: sessionPath(session.uid),
        isStrong: true,
        hint: session.amr.length > 0 ? `with ${describeMethods(session.amr)}` : undefined,
      },
      { text: session.address ?? '-', hint: session.country },
      ...(isNarrow ? [] : [signedInAt(session)]),
      relativeTime(session.lastUsedAt, now),
      session.apps.length === 0
        ? '-'
        : session.apps.map(({ clientId, name }) => ({
            text: name,
            href: `/auth/admin/clients/${encodeURIComponent(clientSegment(clientId))}`,
          })),
    ]),
    empty,
  };
}

export async function sessionLanes(
  sessions: readonly ShownSession[],
  now: Date,
): Promise<LanesBlock> {
  // Loaded on first use, because most processes never draw a timeline.
  const { drawLanes } = await import('#features/admin/page/lanes.ts');
  const lanes = sessions.map((session) => ({
    label: deviceName(session.deviceName),
    from: session.createdAt,
    to: session.lastUsedAt,
    tone: 'good' as const,
    events:
      session.signedInAt === undefined
        ? []
        : [{ at: session.signedInAt, tone: 'good' as const, label: 'signed in' }],
  }));
  return {
    kind: 'lanes',
    title: 'Sessions over time',
    summary: `${plural(sessions.length, 'active session')}, from sign-in to last use`,
    picture: drawLanes(lanes, { from: new Date(now.getTime() - shortestMilliseconds), to: now }),
  };
}
