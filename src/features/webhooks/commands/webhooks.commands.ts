// webhook list, show, create, update and delete.
import { UsageError } from '#cli/framework/arguments.ts';
import { alignColumns, describeValues } from '#cli/framework/columns.ts';
import type { Answer, Arguments, Command } from '#cli/framework/command.ts';
import { readLimit } from '#cli/framework/limits.ts';
import type { AuditEvent } from '#core/audit/audit.ts';
import { commandLineActor } from '#core/revocation/commands/format-receipt.ts';
import { presentAttempt, presentWebhook } from '#features/webhooks/present-webhook.ts';
import type { WebhookAttemptStore } from '#features/webhooks/webhook-attempts.store.ts';
import { webhookEvents, type Webhook, type WebhookChanges } from '#features/webhooks/webhooks.ts';
import type { WebhookService } from '#features/webhooks/webhooks.service.ts';

const defaultLimit = 20;

interface Needs {
  readonly webhookService: WebhookService;
}

const settings = {
  event: {
    value: 'EVENT',
    isRepeatable: true,
    meaning: 'An audit event to send; may be given several times. Default: all',
  },
  'personal-data': { meaning: 'Also send addresses, devices and the like' },
  description: { value: 'TEXT', meaning: 'What the webhook is for' },
} as const;

export const webhookList: Command<Needs> = {
  name: 'webhook list',
  summary: 'List webhooks.',
  options: {
    limit: { value: 'N', meaning: `Maximum number; default ${defaultLimit}` },
    after: { value: 'ID', meaning: 'Continue after this webhook, the last of the previous list' },
  },
  check: (args) => void readLimit(args, defaultLimit),
  async run({ webhookService }, args) {
    const after = args.text('after');
    const position = after === undefined ? undefined : [(await webhookService.find(after)).id];
    const limit = readLimit(args, defaultLimit);
    const { items, next } = await webhookService.list({ after: position, limit });
    const document = items.map(presentWebhook);
    if (items.length === 0) return { document, text: 'No webhooks.\n' };
    const heading = ['ID', 'STATE', 'EVENTS', 'URL'];
    const rows = items.map((each) => [each.id, stateOf(each), eventsOf(each), each.url]);
    const more = next ? `\nThere are more: add --after ${next[0]}\n` : '';
    return { document, text: `${alignColumns([heading, ...rows])}${more}` };
  },
};

export const webhookShow: Command<Needs & { readonly webhookAttempts: WebhookAttemptStore }> = {
  name: 'webhook show',
  summary: 'Show a webhook and its recent attempts.',
  operand: 'ID',
  options: {
    limit: { value: 'N', meaning: `Maximum number of attempts; default ${defaultLimit}` },
  },
  check: (args) => void readLimit(args, defaultLimit),
  async run({ webhookService, webhookAttempts }, args) {
    const shown = presentWebhook(await webhookService.find(args.operand));
    const page = { after: undefined, limit: readLimit(args, defaultLimit) };
    const { items } = await webhookAttempts.list(shown.id, page);
    const rows = items.map((each) => [
      each.at.toISOString(),
      String(each.status ?? '-'),
      `${each.milliseconds} ms`,
      each.type,
      each.messageId,
      each.error ?? '',
    ]);
    const heading = ['AT', 'STATUS', 'TIME', 'EVENT', 'EVENT ID', 'ERROR'];
    const list = rows.length === 0 ? '' : `\n${alignColumns([heading, ...rows])}`;
    const document = { ...shown, attempts: items.map(presentAttempt) };
    return { document, text: `${describeValues(shown)}${list}` };
  },
};

export const webhookCreate: Command<Needs> = {
  name: 'webhook create',
  summary: 'Register a webhook, which receives events of the audit log.',
  operand: 'URL',
  options: settings,
  examples: [
    'webhook create https://siem.example.com/ostiary',
    'webhook create https://crm.example.com/hook --event user.registered --event account.deleted',
  ],
  check: (args) => void readEvents(args),
  async run({ webhookService }, args) {
    const created = await webhookService.create(
      {
        url: args.operand,
        description: args.text('description'),
        events: readEvents(args),
        personalData: args.has('personal-data'),
      },
      commandLineActor,
    );
    const shown = presentWebhook(created);
    return {
      document: { ...shown, secret: created.plainSecret },
      text:
        `The webhook is registered. Its secret, shown only once:\n\n${created.plainSecret}\n\n` +
        describeValues(shown),
    };
  },
};

export const webhookUpdate: Command<Needs> = {
  name: 'webhook update',
  summary: 'Change, enable or disable a webhook.',
  operand: 'ID',
  options: {
    url: { value: 'URL', meaning: 'The new URL' },
    ...settings,
    'all-events': { meaning: 'Send all events' },
    'no-personal-data': { meaning: 'Do not send personal data' },
    enable: { meaning: 'Send events from now on' },
    disable: { meaning: 'Send no events' },
  },
  check(args) {
    if (Object.keys(readChanges(args)).length > 0) return;
    throw new UsageError('At least one option is required.');
  },
  async run({ webhookService }, args) {
    const by = commandLineActor;
    const webhook = await webhookService.update(args.operand, readChanges(args), { by });
    return answerWith(webhook, 'The webhook is updated.');
  },
};

export const webhookDelete: Command<Needs> = {
  name: 'webhook delete',
  summary: 'Delete a webhook and the messages that it has not received.',
  operand: 'ID',
  options: {
    yes: {
      isRequired: true,
      asks: 'confirmation',
      meaning: 'Delete the webhook, which cannot be undone',
    },
  },
  async run({ webhookService }, { operand }) {
    const { id } = await webhookService.find(operand);
    await webhookService.remove(id, commandLineActor);
    return { document: { id, deleted: true }, text: 'The webhook is deleted.\n' };
  },
};

function answerWith(webhook: Webhook, sentence: string): Answer {
  const document = presentWebhook(webhook);
  return { document, text: `${sentence}\n\n${describeValues(document)}` };
}

function readChanges(args: Arguments): WebhookChanges {
  const [url, description] = [args.text('url'), args.text('description')];
  const events = readEvents(args);
  refuseBoth(args, 'enable', 'disable');
  refuseBoth(args, 'event', 'all-events');
  refuseBoth(args, 'personal-data', 'no-personal-data');
  return {
    ...(url === undefined ? {} : { url }),
    ...(description === undefined ? {} : { description }),
    ...(events || args.has('all-events') ? { events } : {}),
    ...(args.has('personal-data') ? { personalData: true } : {}),
    ...(args.has('no-personal-data') ? { personalData: false } : {}),
    ...(args.has('enable') ? { isEnabled: true } : {}),
    ...(args.has('disable') ? { isEnabled: false } : {}),
  };
}

function refuseBoth(args: Arguments, one: string, other: string): void {
  if (args.has(one) && args.has(other)) {
    throw new UsageError(`Only one of --${one}, --${other} may be given.`);
  }
}

/** @throws UsageError */
function readEvents(args: Arguments): readonly AuditEvent[] | undefined {
  const names = args.list('event');
  const events = webhookEvents.filter((event) => names.includes(event));
  const unknown = names.find((name) => !events.some((event) => event === name));
  if (unknown !== undefined) throw new UsageError('--event must be the name of an audit event.');
  return events.length === 0 ? undefined : events;
}

function stateOf({ disabledReason, failingSince }: Webhook): string {
  if (disabledReason !== undefined) return 'disabled';
  return failingSince ? 'failing' : 'enabled';
}

function eventsOf({ events }: Webhook): string {
  return events ? String(events.length) : 'all';
}
