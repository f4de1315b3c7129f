// The outbox: undelivered mail and back-channel logouts, and a retry of those that failed permanently.
import { clientSegment } from '#core/clients/administration/client-path.ts';
import type { DeadLetters } from '#core/outbox/dead-letters.service.ts';
import type { UnsentItem } from '#core/outbox/outbox-list.store.ts';
import type { UserStore } from '#core/users/users.store.ts';
import { isUuid } from '#platform/uuid.ts';
import { AppError } from '#platform/errors.ts';
import { panelPath } from '#features/admin/panel-client.ts';
import { plural, relativeTime, shortId } from '#features/admin/page/formatting.ts';
import type { Cell } from '#features/admin/page/page-model.ts';
import { withNotice } from '#features/admin/panel/notices.pages.ts';
import type { Panel } from '#features/admin/panel/panel.pages.ts';

export interface OutboxPageDependencies {
  readonly deadLetters: DeadLetters;
  readonly users: Pick<UserStore, 'emailsOf'>;
  readonly now: () => Date;
}

const kindNames = {
  mail: 'Email',
  backchannel_logout: 'Back-channel logout',
  backchannel_ping: 'Ping of a client',
  webhook: 'Webhook',
  signal: 'Signals',
} as const;

const path = `${panelPath}/outbox`;
const maxShown = 100;

export function addOutboxPages(panel: Panel, dependencies: OutboxPageDependencies): void {
  const { deadLetters, users, now } = dependencies;
  panel.page({
    path,
    scope: 'outbox:read',
    async show(_ctx, visit) {
      const items = await deadLetters.list({ dead: false, limit: maxShown });
      const dead = items.filter(({ deadAt }) => deadAt).length;
      const mayRetry = visit.may('outbox:write');
      const ids = items.flatMap(({ userId }) => (userId === undefined ? [] : [userId]));
      const emails = await users.emailsOf(visit.may('users:read') ? ids : []);
      return {
        title: 'Outbox',
        lead: 'Emails, back-channel logouts and webhook messages that haven’t been delivered yet. Their content is encrypted and never shown.',
        actions:
          dead > 0
            ? [
                {
                  id: 'retry-all',
                  label: `Retry ${plural(dead, 'failed job')}`,
                  href: `${path}/retry/all`,
                  tone: 'main',
                  scope: 'outbox:write',
                },
              ]
            : [],
        blocks: [
          {
            kind: 'table',
            caption: 'Undelivered jobs, most recent first',
            columns: [
              { label: 'Job' },
              { label: 'State' },
              { label: 'User' },
              { label: 'Created' },
              { label: 'Attempts', isNumber: true },
              { label: 'Last error' },
              { label: 'Action' },
            ],
            rows: items.map((item) => rowOf(item, { now: now(), mayRetry, emails })),
            empty: 'Everything has been delivered.',
          },
        ],
      };
    },
  });

  panel.action({
    path: `${path}/retry/:id`,
    scope: 'outbox:write',
    protection: 'none',
    async show(ctx) {
      const isAll = String(ctx.params['id']) === 'all';
      return {
        title: isAll ? 'Retry all failed jobs?' : 'Retry this job?',
        lead: 'Use this once the mail server or the client has recovered. Each job gets a full set of attempts.',
        back: { label: 'Outbox', href: path },
        blocks: [{ kind: 'form', fields: [], submit: 'Retry', cancelHref: path }],
      };
    },
    async act(ctx, { actor }) {
      const id = String(ctx.params['id']);
      if (id !== 'all' && !isUuid(id)) throw new AppError('not_found', 'Page not found.');
      const revived = await deadLetters.retry(id === 'all' ? undefined : id, actor);
      if (revived.length === 0) throw new AppError('conflict', 'No failed job was found.');
      return { to: withNotice(path, 'retried') };
    },
  });
}

interface RowOptions {
  readonly now: Date;
  readonly mayRetry: boolean;
  /** Addresses of the users whom the administrator may see, by id. */
  readonly emails: ReadonlyMap<string, string>;
}

function rowOf(item: UnsentItem, { now, mayRetry, emails }: RowOptions): Cell[] {
  const { id, kind, deadAt, dueAt, createdAt, attempts, lastError } = item;
  return [
    { text: kindNames[kind], hint: id, isCodeHint: true },
    deadAt
      ? { text: 'failed', tag: 'danger' }
      : { text: 'waiting', tag: 'quiet', hint: nextAttempt(dueAt, now) },
    aboutOf(item, emails),
    relativeTime(createdAt, now),
    String(attempts),
    lastError ?? '',
    deadAt && mayRetry ? { text: 'Retry', href: `${path}/retry/${id}` } : '',
  ];
}

function nextAttempt(dueAt: Date, now: Date): string | undefined {
  return dueAt > now ? `next attempt ${relativeTime(dueAt, now).text}` : undefined;
}

function aboutOf({ userId, clientId }: UnsentItem, emails: ReadonlyMap<string, string>): Cell {
  if (userId !== undefined) {
    const text = emails.get(userId) ?? `user ${shortId(userId)}`;
    return { text, href: `${panelPath}/users/${userId}` };
  }
  if (clientId === undefined) return '';
  return {
    text: clientId,
    href: `${panelPath}/clients/${encodeURIComponent(clientSegment(clientId))}`,
  };
}
