// Prints sessions. The JSON output has the form of the API.
import type { Answer } from '#cli/framework/command.ts';
import { alignColumns } from '#cli/framework/columns.ts';
import { readPages } from '#platform/paging.ts';
import {
  presentSession,
  type SessionList,
  type ShownSession,
} from '#core/sessions/session-list.service.ts';

const pageSize = 100;

/** The most recent `most` sessions; of all users without a `userId`. */
export function collectSessions(
  list: SessionList,
  userId: string | undefined,
  most: number,
): Promise<readonly ShownSession[]> {
  return readPages((page) => list.list(userId, page), { pageSize, most });
}

export function answerWithSessions(sessions: readonly ShownSession[]): Answer {
  const document = sessions.map(presentSession);
  if (sessions.length === 0) return { document, text: 'No active sessions.\n' };
  const heading = ['UID', 'USER', 'DEVICE', 'ADDRESS', 'SIGNED IN', 'LAST USED', 'APPS'];
  const rows = [heading, ...sessions.map(rowOf)];
  const impersonators = ['IMPERSONATOR', ...sessions.map(({ impersonatorId: id }) => id ?? '-')];
  const isUsual = sessions.every(({ impersonatorId }) => impersonatorId === undefined);
  const shown = isUsual ? rows : rows.map((row, at) => [...row, impersonators[at] ?? '-']);
  return { document, text: alignColumns(shown) };
}

function rowOf(session: ShownSession): readonly string[] {
  return [
    session.uid,
    session.userId,
    session.deviceName ?? '-',
    session.address ?? '-',
    describeTime(session.signedInAt ?? session.createdAt),
    describeTime(session.lastUsedAt),
    session.apps.map(({ name }) => name).join(', ') || '-',
  ];
}

/** To the second, in UTC. */
export function describeTime(at: Date): string {
  return at.toISOString().replace(/T(.{8}).*$/, ' $1Z');
}
