// Prints undelivered jobs, never their content.
import { alignColumns } from '#cli/framework/columns.ts';
import type { Answer } from '#cli/framework/command.ts';
import { describeTime } from '#core/sessions/commands/format-session.ts';
import type { UnsentItem } from '#core/outbox/outbox-list.store.ts';

export function answerWithItems(items: readonly UnsentItem[], whenNone: string): Answer {
  const document = items.map(presentItem);
  if (items.length === 0) return { document, text: `${whenNone}\n` };
  const heading = ['ID', 'KIND', 'STATE', 'CREATED', 'ATTEMPTS', 'USER', 'APP', 'LAST ERROR'];
  return { document, text: alignColumns([heading, ...items.map(rowOf)]) };
}

function presentItem(item: UnsentItem): Readonly<Record<string, unknown>> {
  return {
    id: item.id,
    kind: item.kind,
    state: stateOf(item),
    user_id: item.userId,
    client_id: item.clientId,
    created_at: item.createdAt,
    attempts: item.attempts,
    due_at: item.deadAt ? undefined : item.dueAt,
    dead_at: item.deadAt,
    last_error: item.lastError,
  };
}

function rowOf(item: UnsentItem): readonly string[] {
  const { id, kind, createdAt, attempts, userId, clientId, lastError } = item;
  const created = describeTime(createdAt);
  const about = [userId ?? '-', clientId ?? '-', lastError ?? '-'];
  return [id, kind, stateOf(item), created, String(attempts), ...about];
}

function stateOf({ deadAt }: UnsentItem): 'dead' | 'waiting' {
  return deadAt ? 'dead' : 'waiting';
}
