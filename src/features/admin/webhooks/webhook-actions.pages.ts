// Actions on webhooks: add, edit, test, send again, disable, new secret, delete.
import { AppError } from '#platform/errors.ts';
import type { Context } from '#http/context.ts';
import { exactTime } from '#features/admin/page/formatting.ts';
import type { Block, PanelPage } from '#features/admin/page/page-model.ts';
import { addEntityActions, type EntityAction } from '#features/admin/panel/entity-actions.pages.ts';
import { withNotice } from '#features/admin/panel/notices.pages.ts';
import type { ActionRoute, Panel } from '#features/admin/panel/panel.pages.ts';
import {
  currentValues,
  requireVersion,
  versionField,
} from '#features/admin/panel/versions.pages.ts';
import type { WebhookDelivery } from '#features/webhooks/webhook-delivery.service.ts';
import type { Webhook } from '#features/webhooks/webhooks.ts';
import type { NewWebhook, WebhookService } from '#features/webhooks/webhooks.service.ts';
import { resultOf } from './webhook-detail.pages.ts';
import { requireAuditAccess, webhookFields, webhookFrom } from './webhook-form.pages.ts';
import { webhookPath, webhooksPath } from './webhook-list.pages.ts';
import { replayEvents, type WebhookReplayDependencies } from './webhook-replay.pages.ts';

export interface WebhookActionDependencies extends WebhookReplayDependencies {
  readonly webhookService: WebhookService;
  readonly webhookDelivery: WebhookDelivery;
  readonly now: () => Date;
}

type Action = EntityAction<Webhook>;

export function addWebhookActions(panel: Panel, dependencies: WebhookActionDependencies): void {
  panel.action(createWebhook(dependencies));
  addEntityActions(
    panel,
    {
      path: `${webhooksPath}/:webhookId`,
      scope: 'webhooks:write',
      find: (ctx: Context) => dependencies.webhookService.find(String(ctx.params['webhookId'])),
      linkOf: ({ id, url }) => ({ label: new URL(url).host, href: webhookPath(id) }),
    },
    [
      edit(dependencies),
      test(dependencies),
      replayEvents(dependencies),
      switchOn(dependencies, true),
      switchOn(dependencies, false),
      rotateSecret(dependencies),
      remove(dependencies),
    ],
  );
}

function createWebhook({ webhookService }: WebhookActionDependencies): ActionRoute {
  return {
    path: `${webhooksPath}/new`,
    scope: 'webhooks:write',
    protection: 'reason',
    async show(_ctx, _visit, form) {
      return {
        title: 'Add a webhook',
        lead: 'Messages are signed (Standard Webhooks). The secret is shown once, on the next page.',
        back: { label: 'Webhooks', href: webhooksPath },
        blocks: [
          {
            kind: 'form',
            submit: 'Add webhook',
            cancelHref: webhooksPath,
            fields: webhookFields(undefined, form),
          },
        ],
      };
    },
    async act(_ctx, visit, form) {
      requireAuditAccess(visit);
      const created = await webhookService.create(webhookFrom(form), visit.actor);
      return secretPage(created, 'The webhook is added', 'Send a test from its page.');
    },
  };
}

function secretPage(webhook: NewWebhook, title: string, lead: string): PanelPage {
  const secret: Block = {
    kind: 'code',
    id: 'webhook-secret',
    title: 'Secret',
    hint: 'Shown only once. The receiver verifies messages with it.',
    text: webhook.plainSecret,
  };
  return {
    title,
    lead,
    back: { label: new URL(webhook.url).host, href: webhookPath(webhook.id) },
    blocks: [secret],
  };
}

/** A change by the server itself, such as a suspension, is a conflict as well. */
const seen = ({ version }: Webhook) => ({ version });

function edit({ webhookService }: WebhookActionDependencies): Action {
  return {
    name: 'edit',
    title: ({ url }) => `Edit ${new URL(url).host}`,
    lead: () => 'Queued messages are sent to the new URL.',
    submit: 'Save',
    fields: (webhook, { form }) => [versionField(seen(webhook)), ...webhookFields(webhook, form)],
    above: (webhook, { form }) =>
      currentValues(form, seen(webhook), [
        { label: 'URL', value: webhook.url },
        { label: 'Description', value: webhook.description ?? 'none' },
        { label: 'Events', value: webhook.events?.join(' ') ?? 'all' },
        { label: 'Personal data', value: webhook.personalData ? 'sent' : 'not sent' },
      ]),
    async act({ id, url }, { visit, form }) {
      requireAuditAccess(visit);
      const { url: wanted, ...settings } = webhookFrom(form);
      // The URL is sent only if it changed, because setting it would clear the record of failures.
      const changes = wanted === url ? settings : { ...settings, url: wanted };
      const check = (before: Webhook) => requireVersion(form, seen(before));
      await webhookService.update(id, changes, { by: visit.actor, check });
      return { to: withNotice(webhookPath(id), 'saved') };
    },
  };
}

function test({ webhookDelivery }: WebhookActionDependencies): Action {
  return {
    name: 'test',
    protection: 'none',
    title: ({ url }) => `Send a test to ${new URL(url).host}?`,
    lead: () =>
      'One `webhook.test` message is sent now, even to a disabled webhook. It contains no user data.',
    submit: 'Send test',
    async act({ id, url }, { visit }) {
      const attempt = await webhookDelivery.test(id, visit.actor);
      const isDelivered = attempt.error === undefined;
      return {
        title: isDelivered ? 'The test arrived' : 'The test did not arrive',
        lead: isDelivered
          ? 'The receiver accepted the message.'
          : 'Check the receiver and how it verifies signatures, then send another test.',
        back: { label: new URL(url).host, href: webhookPath(id) },
        actions: [
          {
            id: 'again',
            label: 'Send another test',
            href: `${webhookPath(id)}/test`,
            scope: 'webhooks:write',
          },
        ],
        blocks: [
          {
            kind: 'facts',
            title: 'Result',
            facts: [
              { label: 'Result', value: resultOf(attempt) },
              { label: 'Sent', value: exactTime(attempt.at) },
              { label: 'Message ID', value: { text: attempt.messageId, isCode: true } },
            ],
          },
        ],
      };
    },
  };
}

function switchOn({ webhookService }: WebhookActionDependencies, isEnabled: boolean): Action {
  return {
    name: isEnabled ? 'enable' : 'disable',
    title: ({ url }) => `${isEnabled ? 'Enable' : 'Disable'} ${new URL(url).host}?`,
    lead: () =>
      isEnabled
        ? 'It receives events from now on. You can replay earlier ones.'
        : 'It receives no further events. Queued messages aren’t sent.',
    submit: isEnabled ? 'Enable the webhook' : 'Disable the webhook',
    isDangerous: !isEnabled,
    async act({ id }, { visit }) {
      requireAuditAccess(visit);
      await webhookService.update(id, { isEnabled }, { by: visit.actor });
      return { to: withNotice(webhookPath(id), isEnabled ? 'enabled' : 'disabled') };
    },
  };
}

const overlaps = [
  { value: '86400', label: 'in a day' },
  { value: '3600', label: 'in an hour' },
  { value: '604800', label: 'in a week' },
  { value: '0', label: 'immediately, because it leaked' },
];

function rotateSecret({ webhookService }: WebhookActionDependencies): Action {
  return {
    name: 'secret',
    title: ({ url }) => `A new secret for ${new URL(url).host}?`,
    lead: () => 'The receiver must know the new secret before the old one stops signing.',
    submit: 'Make a new secret',
    isDangerous: true,
    fields: (_webhook, { form }) => [
      {
        name: 'overlap',
        label: 'The old secret stops signing',
        type: 'select',
        value: form?.get('overlap') ?? '86400',
        options: overlaps,
        hint: 'Until then messages have both signatures.',
      },
    ],
    async act({ id }, { visit, form }) {
      const chosen = overlaps.find(({ value }) => value === form.get('overlap'));
      if (!chosen) throw new AppError('invalid_input', 'Choose when the old secret ends.');
      const overlapSeconds = Number(chosen.value);
      const rotated = await webhookService.rotateSecret(id, { by: visit.actor, overlapSeconds });
      return secretPage(
        rotated,
        'The webhook has a new secret',
        `The old one stops signing ${chosen.label}.`,
      );
    },
  };
}

function remove({ webhookService }: WebhookActionDependencies): Action {
  return {
    name: 'delete',
    title: ({ url }) => `Delete ${new URL(url).host}?`,
    lead: () =>
      'It receives no further events, and queued messages are deleted. This can’t be undone. To pause it, disable it.',
    submit: 'Delete webhook',
    isDangerous: true,
    async act({ id }, { visit }) {
      await webhookService.remove(id, visit.actor);
      return { to: withNotice(webhooksPath, 'deleted') };
    },
  };
}
