// Management API for webhooks. A caller who changes the events of a webhook can read the audit log through
// it, and therefore needs that scope too.
import { z } from 'zod';
import { requireMatch, tagOf } from '#http/api/conditions.ts';
import type { Cursors } from '#http/api/cursors.ts';
import type { PathParameter } from '#http/api/parameters.ts';
import { pageOf, problem, timestamp } from '#http/api/responses.ts';
import { defineRoute, type Route } from '#http/api/route.ts';
import { pageMembers, sentence } from '#http/api/schemas.ts';
import { unlimited } from '#http/rate-limit/route-limit.ts';
import { uuidPattern } from '#platform/uuid.ts';
import { presentWebhook } from '#features/webhooks/present-webhook.ts';
import type { WebhookAttemptStore } from '#features/webhooks/webhook-attempts.store.ts';
import type { WebhookDelivery } from '#features/webhooks/webhook-delivery.service.ts';
import type { WebhookQueue } from '#features/webhooks/webhook-queue.service.ts';
import { webhookEvents, type WebhookChanges } from '#features/webhooks/webhooks.ts';
import type { WebhookService } from '#features/webhooks/webhooks.service.ts';

export interface WebhookRouteDependencies {
  readonly webhookService: WebhookService;
  readonly webhookQueue: WebhookQueue;
  readonly webhookDelivery: WebhookDelivery;
  readonly webhookAttempts: WebhookAttemptStore;
  readonly cursors: Cursors;
}

export const webhookId: PathParameter = {
  pattern: uuidPattern,
  notFound: { code: 'not_found', message: 'Webhook not found.' },
};

const webhookMembers = {
  id: z.string(),
  url: z.string(),
  description: z.string().nullable(),
  events: z.array(z.string()).nullable(),
  personal_data: z.boolean(),
  enabled: z.boolean(),
  disabled_reason: z.enum(['operator', 'failing', 'gone']).nullable(),
  failing_since: timestamp.nullable(),
  previous_secret_valid_until: timestamp.nullable(),
  created_at: timestamp,
};
const shownWebhook = z.strictObject(webhookMembers);
export const webhookWithSecret = z.strictObject({
  ...webhookMembers,
  secret: z.string().optional(),
});

const url = z.string().max(2000);
const aboutUrl = {
  description: 'an https URL',
  format: 'uri',
  pattern: '^https://',
  examples: ['https://siem.example.com/ostiary'],
};
const aboutEvents = { description: 'a list of audit events, or null for all' };
const events = z.array(z.enum(webhookEvents)).min(1).max(webhookEvents.length).nullable();
const flag = { description: 'true or false' };
const description = sentence.nullable();
const aboutDescription = { description: 'a sentence of up to 500 characters, or null' };

const newWebhook = z.strictObject({
  url: url.meta(aboutUrl),
  description: description.default(null).meta(aboutDescription),
  events: events.default(null).meta(aboutEvents),
  personal_data: z.boolean().default(false).meta(flag),
});

const webhookChange = z.strictObject({
  url: url.optional().meta(aboutUrl),
  description: description.optional().meta(aboutDescription),
  events: events.optional().meta(aboutEvents),
  personal_data: z.boolean().optional().meta(flag),
  enabled: z.boolean().optional().meta(flag),
});

const rateLimit = unlimited('authenticatedCaller');
const params = { webhookId };

export function webhookRoutes(dependencies: WebhookRouteDependencies): readonly Route[] {
  const { webhookService } = dependencies;
  return [
    listWebhooks(dependencies),
    createWebhook(webhookService),
    showWebhook(webhookService),
    updateWebhook(webhookService),
    deleteWebhook(webhookService),
  ];
}

function listWebhooks({ webhookService, cursors }: WebhookRouteDependencies): Route {
  return defineRoute({
    method: 'GET',
    path: '/webhooks',
    scopes: ['webhooks:read'],
    rateLimit,
    summary: 'List webhooks in the order of their creation.',
    params: {},
    query: z.strictObject(pageMembers),
    responses: { 200: pageOf(shownWebhook) },
    async handle({ query, list }) {
      const page = await webhookService.list(cursors.pageOf(list, query));
      return cursors.present(list, page, presentWebhook);
    },
  });
}

function createWebhook(webhookService: WebhookService): Route {
  return defineRoute({
    method: 'POST',
    path: '/webhooks',
    scopes: ['webhooks:write', 'audit:read'],
    rateLimit,
    summary: 'Register a webhook; the answer contains its secret, which is not shown again.',
    params: {},
    body: newWebhook,
    responses: {
      201: webhookWithSecret,
      409: problem('conflict'),
      422: problem('idempotency_key_reused'),
    },
    handle: ({ body, caller, creates }) =>
      creates(async (keep) => {
        const settings = {
          url: body.url,
          description: body.description ?? undefined,
          events: body.events ?? undefined,
          personalData: body.personal_data,
        };
        const created = await webhookService.create(settings, caller.actor, (webhook, tx) =>
          keep(tx, { location: `/webhooks/${webhook.id}`, answer: presentWebhook(webhook) }),
        );
        return { ...presentWebhook(created), secret: created.plainSecret };
      }),
  });
}

function showWebhook(webhookService: WebhookService): Route {
  return defineRoute({
    method: 'GET',
    path: '/webhooks/{webhookId}',
    scopes: ['webhooks:read'],
    rateLimit,
    summary: 'Show a webhook; the ETag is needed to change it.',
    params,
    responses: { 200: shownWebhook, 404: problem('not_found') },
    async handle({ params: { webhookId: id }, tag }) {
      const shown = presentWebhook(await webhookService.find(id));
      tag(tagOf(shown));
      return shown;
    },
  });
}

function updateWebhook(webhookService: WebhookService): Route {
  return defineRoute({
    method: 'PATCH',
    path: '/webhooks/{webhookId}',
    scopes: ['webhooks:write', 'audit:read'],
    rateLimit,
    summary: 'Change, enable or disable a webhook, with If-Match.',
    params,
    body: webhookChange,
    responses: {
      200: shownWebhook,
      404: problem('not_found'),
      409: problem('conflict'),
      412: problem('precondition_failed'),
      428: problem('precondition_required'),
    },
    async handle({ params: { webhookId: id }, body, caller, conditions, tag }) {
      const updated = await webhookService.update(id, changesOf(body), {
        by: caller.actor,
        check: (before) => requireMatch(conditions, tagOf(presentWebhook(before))),
      });
      const shown = presentWebhook(updated);
      tag(tagOf(shown));
      return shown;
    },
  });
}

function deleteWebhook(webhookService: WebhookService): Route {
  return defineRoute({
    method: 'DELETE',
    path: '/webhooks/{webhookId}',
    scopes: ['webhooks:write'],
    rateLimit,
    summary: 'Delete a webhook and the messages that it has not received.',
    params,
    responses: {
      200: z.strictObject({ id: z.string(), deleted: z.literal(true) }),
      404: problem('not_found'),
    },
    async handle({ params: { webhookId: id }, caller }) {
      await webhookService.remove(id, caller.actor);
      return { id, deleted: true as const };
    },
  });
}

function changesOf(body: z.output<typeof webhookChange>): WebhookChanges {
  return {
    ...(body.url === undefined ? {} : { url: body.url }),
    ...(body.description === undefined ? {} : { description: body.description ?? undefined }),
    ...(body.events === undefined ? {} : { events: body.events ?? undefined }),
    ...(body.personal_data === undefined ? {} : { personalData: body.personal_data }),
    ...(body.enabled === undefined ? {} : { isEnabled: body.enabled }),
  };
}
