// One webhook: its settings and state, and the log of its deliveries.
import type { Cursors } from '#http/api/cursors.ts';
import { describeExactly, exactTime, relativeTime } from '#features/admin/page/formatting.ts';
import type { ActionLink, Block, Cell } from '#features/admin/page/page-model.ts';
import { listQuery, nextHref, readList } from '#features/admin/panel/lists.pages.ts';
import type { Panel } from '#features/admin/panel/panel.pages.ts';
import type { WebhookAttemptStore } from '#features/webhooks/webhook-attempts.store.ts';
import { testEvent, type Attempt, type Webhook } from '#features/webhooks/webhooks.ts';
import type { WebhookService } from '#features/webhooks/webhooks.service.ts';
import { stateOf, webhookPath, webhooksPath } from './webhook-list.pages.ts';

export interface WebhookDetailDependencies {
  readonly webhookService: WebhookService;
  readonly webhookAttempts: WebhookAttemptStore;
  readonly cursors: Cursors;
  readonly now: () => Date;
}

export function addWebhookDetail(panel: Panel, dependencies: WebhookDetailDependencies): void {
  const { webhookService, webhookAttempts, cursors, now } = dependencies;
  panel.page({
    path: `${webhooksPath}/:webhookId`,
    scope: 'webhooks:read',
    async show(ctx, visit) {
      const webhook = await webhookService.find(String(ctx.params['webhookId']));
      const path = webhookPath(webhook.id);
      const query = readList(ctx, []);
      const list = listQuery(path, query);
      const page = await webhookAttempts.list(webhook.id, cursors.pageOf(list, query.page));
      const mayReplay =
        visit.may('webhooks:write') &&
        visit.may('audit:read') &&
        webhook.disabledReason === undefined;
      const shown = cursors.present(list, page, (attempt) =>
        rowOf(attempt, { path, mayReplay, now: now() }),
      );
      return {
        title: new URL(webhook.url).host,
        lead: webhook.description,
        tags: [stateOf(webhook)],
        back: { label: 'Webhooks', href: webhooksPath },
        actions: actionsFor(webhook),
        blocks: [
          ...stateNotes(webhook),
          factsOf(webhook),
          {
            kind: 'table',
            title: 'Deliveries',
            caption: 'Attempts to deliver messages, most recent first',
            columns: ['Event', 'Result', 'Attempt', 'When', 'Action'].map((label) => ({ label })),
            rows: shown.items,
            empty: 'No messages sent yet.',
            begin: { label: 'Send a test', href: `${path}/test`, scope: 'webhooks:write' },
            next: nextHref(path, query, shown.next_cursor),
          },
        ],
      };
    },
  });
}

function actionsFor({ id, disabledReason }: Webhook): readonly ActionLink[] {
  const act = (name: string, label: string, tone?: ActionLink['tone']): ActionLink => ({
    id: `act-${name}`,
    label,
    tone,
    href: `${webhookPath(id)}/${name}`,
    scope: 'webhooks:write',
  });
  return [
    act('test', 'Send a test', 'main'),
    act('edit', 'Edit'),
    act('secret', 'New secret'),
    ...(disabledReason === undefined
      ? [act('replay', 'Replay events'), act('disable', 'Disable')]
      : [act('enable', 'Enable')]),
    act('delete', 'Delete', 'danger'),
  ];
}

const disabledTexts = {
  operator:
    'An administrator disabled this webhook. Events from this time aren’t sent. You can replay them after enabling it.',
  failing:
    'This webhook is disabled because nothing was delivered for days. Fix the receiver, send a test and enable it.',
  gone: 'This webhook is disabled because the receiver responded that it no longer exists (410).',
} as const;

function stateNotes({ disabledReason, failingSince }: Webhook): readonly Block[] {
  const id = 'state';
  if (disabledReason) {
    return [{ kind: 'note', id, tone: 'warning', text: disabledTexts[disabledReason] }];
  }
  if (!failingSince) return [];
  const text = `Nothing has been delivered since ${describeExactly(failingSince)}. Each message is retried for three days.`;
  return [{ kind: 'note', id, tone: 'warning', text }];
}

function factsOf(webhook: Webhook): Block {
  const { id, url, events, personalData, previousSecretExpiresAt, createdAt } = webhook;
  return {
    kind: 'facts',
    title: 'Webhook',
    facts: [
      { label: 'URL', value: { text: url, isCode: true } },
      {
        label: 'Events',
        value: events ? events.map((text) => ({ text, tag: 'quiet' as const })) : 'all',
      },
      { label: 'Personal data', value: personalData ? 'sent' : 'not sent' },
      {
        label: 'Secret',
        value: previousSecretExpiresAt
          ? `set; the old one also signs until ${describeExactly(previousSecretExpiresAt)}`
          : 'set (shown once, when created)',
      },
      { label: 'Webhook ID', value: { text: id, isCode: true }, copyId: 'webhook-id' },
      { label: 'Created', value: exactTime(createdAt) },
    ],
  };
}

interface RowOptions {
  readonly path: string;
  readonly mayReplay: boolean;
  readonly now: Date;
}

function rowOf(attempt: Attempt, { path, mayReplay, now }: RowOptions): readonly Cell[] {
  const { messageId, type, at } = attempt;
  const query = new URLSearchParams({ event: messageId }).toString();
  const isReplayable = mayReplay && type !== testEvent;
  return [
    { text: type, hint: messageId, isCodeHint: true },
    resultOf(attempt),
    String(attempt.attempt),
    relativeTime(at, now),
    isReplayable ? { text: 'Send again', href: `${path}/replay?${query}` } : '',
  ];
}

export function resultOf({ status, error, milliseconds }: Attempt): Cell {
  const took = `${milliseconds} ms`;
  if (error === undefined) return [{ text: `delivered, ${status}`, tag: 'good', hint: took }];
  return [
    {
      text: `failed, ${status ?? 'no response'}`,
      tag: 'danger',
      hint: error && withoutRepeatedCode(error),
    },
  ];
}

/** A message such as `connect ECONNREFUSED 127.0.0.1:9 (ECONNREFUSED)` contains its code twice. */
function withoutRepeatedCode(error: string): string {
  const [, message = error, code = ''] = /^(.*) \((E[A-Z_]+)\)$/.exec(error) ?? [];
  return message.includes(code) ? message : error;
}
