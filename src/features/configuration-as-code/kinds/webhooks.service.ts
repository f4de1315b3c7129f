// Webhooks in a configuration file, by URL. A suspension because of failures is state, so a file neither
// causes nor ends it.
import { z } from 'zod';
import type { AuditActor } from '#core/audit/audit.ts';
import { isWebhookSecret } from '#features/webhooks/standard-webhooks.ts';
import type { WebhookService } from '#features/webhooks/webhooks.service.ts';
import { isWebhookUrl, webhookEvents, type Webhook } from '#features/webhooks/webhooks.ts';
import type { Values } from '#features/configuration-as-code/document/document.ts';
import { AppError } from '#platform/errors.ts';
import type { Kind, KindChange, Written } from './kind.ts';
import { readAll, sorted } from './values.ts';

export interface WebhookKindServices {
  readonly webhookService: WebhookService;
  readonly by: AuditActor;
}

const schema = z.strictObject({
  description: z.string().trim().min(1).max(200).optional(),
  events: z.array(z.enum(webhookEvents)).min(1).optional(),
  personal_data: z.boolean().default(false),
  enabled: z.boolean().default(true),
});

type Members = z.output<typeof schema>;

export const webhookKind: Kind<WebhookKindServices> = {
  name: 'webhooks',
  schema,
  secretMember: 'secret',
  findKeyFault: (key) =>
    isWebhookUrl(key) && new URL(key).href === key
      ? undefined
      : 'must be an https URL in its normal form, without user, password and fragment',
  bind: (services) => ({
    async read() {
      const found = await listAll(services);
      // Of several webhooks with the same URL, the oldest.
      return new Map(found.toReversed().map((each) => [each.url, valuesOf(membersOf(each))]));
    },
    async complete({ key, values, secret }) {
      services.webhookService.requireUrl(key);
      if (secret && !isWebhookSecret(secret.value)) {
        const message = 'secret must be whsec_ and the base64 of 24 to 64 bytes.';
        throw new AppError('invalid_input', message);
      }
      await requireSingle(services, key);
      return valuesOf(schema.parse(values));
    },
    async hasOtherSecret({ key, secret }) {
      const webhook = await find(services, key);
      if (!webhook || !secret) return secret !== undefined;
      return !(await services.webhookService.hasSecret(webhook.id, secret.value));
    },
    write: (change) => writeWebhook(services, change),
    async remove(key) {
      const webhook = await find(services, key);
      if (webhook) await services.webhookService.remove(webhook.id, services.by);
      return {};
    },
  }),
};

function listAll({ webhookService }: WebhookKindServices): Promise<readonly Webhook[]> {
  return readAll<Webhook>((page) => webhookService.list(page));
}

async function find(services: WebhookKindServices, url: string): Promise<Webhook | undefined> {
  return (await listAll(services)).find((each) => each.url === url);
}

async function requireSingle(services: WebhookKindServices, key: string): Promise<void> {
  const same = (await listAll(services)).filter(({ url }) => url === key);
  if (same.length <= 1) return;
  throw new AppError('invalid_input', 'Several webhooks have this URL; delete all but one first.');
}

function membersOf({ description, events, personalData, disabledReason }: Webhook): Members {
  const known = events?.flatMap((event) => webhookEvents.filter((each) => each === event));
  return {
    description,
    events: known,
    personal_data: personalData,
    enabled: disabledReason !== 'operator',
  };
}

/** Omits members with their default value. */
function valuesOf({ description, events, personal_data: personalData, enabled }: Members): Values {
  return {
    ...(description === undefined ? {} : { description }),
    ...(events === undefined ? {} : { events: sorted(events) }),
    ...(personalData ? { personal_data: true } : {}),
    ...(enabled ? {} : { enabled: false }),
  };
}

async function writeWebhook(
  services: WebhookKindServices,
  { key: url, before, after, fields, entry }: KindChange,
): Promise<Written> {
  const { webhookService, by } = services;
  const { description, events, personal_data: personalData, enabled } = schema.parse(after);
  const secret = entry.secret?.value;
  if (!before) {
    const settings = { url, description, events, personalData, secret };
    const { id, plainSecret } = await webhookService.create(settings, by);
    if (!enabled) await webhookService.update(id, { isEnabled: false }, { by });
    return secret === undefined ? { secret: plainSecret } : {};
  }
  const webhook = await find(services, url);
  if (!webhook) throw new AppError('conflict', 'The webhook was deleted at the same time.');
  const isChanged = (name: string) => fields.some((field) => field.name === name);
  if (fields.some(({ name }) => name !== 'secret')) {
    const state = isChanged('enabled') ? { isEnabled: enabled } : {};
    const changes = { description, events, personalData, ...state };
    await webhookService.update(webhook.id, changes, { by });
  }
  if (isChanged('secret') && entry.secret) {
    const { overlapSeconds } = entry.secret;
    await webhookService.rotateSecret(webhook.id, { by, overlapSeconds, secret });
  }
  return {};
}
