// The list of webhooks.
import type { Cursors } from '#http/api/cursors.ts';
import { showNumber } from '#features/admin/page/formatting.ts';
import type { Cell, RichText } from '#features/admin/page/page-model.ts';
import { panelPath } from '#features/admin/panel-client.ts';
import { listQuery, nextHref, readList } from '#features/admin/panel/lists.pages.ts';
import type { Panel } from '#features/admin/panel/panel.pages.ts';
import type { Webhook } from '#features/webhooks/webhooks.ts';
import type { WebhookService } from '#features/webhooks/webhooks.service.ts';

export interface WebhookListDependencies {
  readonly webhookService: WebhookService;
  readonly cursors: Cursors;
}

export const webhooksPath = `${panelPath}/webhooks`;

export function webhookPath(id: string): string {
  return `${webhooksPath}/${encodeURIComponent(id)}`;
}

const addWebhook = {
  id: 'new-webhook',
  label: 'Add a webhook',
  href: `${webhooksPath}/new`,
  tone: 'main',
  scope: 'webhooks:write',
} as const;

export function addWebhookList(panel: Panel, dependencies: WebhookListDependencies): void {
  const { webhookService, cursors } = dependencies;
  panel.page({
    path: webhooksPath,
    scope: 'webhooks:read',
    async show(ctx) {
      const query = readList(ctx, []);
      const list = listQuery(webhooksPath, query);
      const page = await webhookService.list(cursors.pageOf(list, query.page));
      const shown = cursors.present(list, page, rowOf);
      return {
        title: 'Webhooks',
        lead: 'Send audit log events to other systems within seconds. Messages are signed and retried until delivered.',
        actions: [addWebhook],
        blocks: [
          {
            kind: 'table',
            caption: 'Webhooks in the order of creation',
            columns: [{ label: 'Receiver' }, { label: 'State' }, { label: 'Events' }],
            rows: shown.items,
            empty:
              'A webhook tells your CRM, SIEM or billing what happens here, such as a new user.',
            begin: addWebhook,
            next: nextHref(webhooksPath, query, shown.next_cursor),
          },
        ],
      };
    },
  });
}

function rowOf(webhook: Webhook): readonly Cell[] {
  const { id, url, description, events } = webhook;
  return [
    { text: url, href: webhookPath(id), isStrong: true, hint: description },
    stateOf(webhook),
    events ? showNumber(events.length) : 'all',
  ];
}

const reasons = {
  operator: { text: 'disabled', tag: 'quiet' },
  failing: { text: 'disabled: failing', tag: 'danger' },
  gone: { text: 'disabled: gone', tag: 'danger' },
} as const;

export function stateOf({ disabledReason, failingSince }: Webhook): RichText {
  if (disabledReason) return reasons[disabledReason];
  return failingSince ? { text: 'failing', tag: 'warning' } : { text: 'active', tag: 'good' };
}
