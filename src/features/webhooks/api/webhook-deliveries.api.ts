// Management API for what webhooks receive: secrets, tests, replays and the log of attempts.
import { z } from 'zod';
import { pageOf, problem, timestamp } from '#http/api/responses.ts';
import { defineRoute, type Route } from '#http/api/route.ts';
import { instant, pageMembers, uuid } from '#http/api/schemas.ts';
import { unlimited } from '#http/rate-limit/route-limit.ts';
import { AppError } from '#platform/errors.ts';
import { presentAttempt, presentWebhook } from '#features/webhooks/present-webhook.ts';
import { maxOverlapSeconds, usualOverlapSeconds } from '#features/webhooks/webhooks.ts';
import { webhookId, webhookWithSecret, type WebhookRouteDependencies } from './webhooks.api.ts';

const attempt = z.strictObject({
  message_id: z.string(),
  type: z.string(),
  at: timestamp,
  attempt: z.int(),
  delivered: z.boolean(),
  status: z.int().nullable(),
  milliseconds: z.int(),
  error: z.string().nullable(),
});

const rotation = z.strictObject({
  overlap_seconds: z
    .int()
    .min(0)
    .max(maxOverlapSeconds)
    .default(usualOverlapSeconds)
    .describe(`0 to ${maxOverlapSeconds}`),
});

const replay = z
  .strictObject({
    event_id: uuid.optional().describe('a UUID'),
    since: instant.optional().describe('a date and time like 2026-05-04T12:00:00Z'),
  })
  .meta({ examples: [{ since: '2026-05-04T12:00:00Z' }] });

const rateLimit = unlimited('authenticatedCaller');
const params = { webhookId };

export function webhookDeliveryRoutes(dependencies: WebhookRouteDependencies): readonly Route[] {
  return [
    rotateSecret(dependencies),
    testWebhook(dependencies),
    replayEvents(dependencies),
    listAttempts(dependencies),
  ];
}

function rotateSecret({ webhookService }: WebhookRouteDependencies): Route {
  return defineRoute({
    method: 'POST',
    path: '/webhooks/{webhookId}/rotate-secret',
    scopes: ['webhooks:write'],
    rateLimit,
    summary: 'Give a webhook a new secret; the previous one also signs for a while.',
    params,
    body: rotation,
    responses: { 200: webhookWithSecret, 404: problem('not_found'), 409: problem('conflict') },
    async handle({ params: { webhookId: id }, body, caller }) {
      const rotated = await webhookService.rotateSecret(id, {
        by: caller.actor,
        overlapSeconds: body.overlap_seconds,
      });
      return { ...presentWebhook(rotated), secret: rotated.plainSecret };
    },
  });
}

function testWebhook({ webhookDelivery }: WebhookRouteDependencies): Route {
  return defineRoute({
    method: 'POST',
    path: '/webhooks/{webhookId}/test',
    scopes: ['webhooks:write'],
    rateLimit,
    summary: 'Send a webhook.test message once, and show the result.',
    params,
    responses: { 200: attempt, 404: problem('not_found') },
    handle: async ({ params: { webhookId: id }, caller }) =>
      presentAttempt(await webhookDelivery.test(id, caller.actor)),
  });
}

function replayEvents({ webhookQueue }: WebhookRouteDependencies): Route {
  return defineRoute({
    method: 'POST',
    path: '/webhooks/{webhookId}/replay',
    scopes: ['webhooks:write', 'audit:read'],
    rateLimit,
    summary: 'Send an event again, or all events since a time.',
    params,
    body: replay,
    responses: {
      200: z.strictObject({ queued: z.int(), next_since: timestamp.nullable() }),
      404: problem('not_found'),
      409: problem('conflict'),
    },
    async handle({ params: { webhookId: id }, body, caller }) {
      const { event_id: eventId, since } = body;
      if ((eventId === undefined) === (since === undefined)) {
        throw new AppError('invalid_input', 'Exactly one of event_id, since is required.');
      }
      const { queued, nextSince } = await (since
        ? webhookQueue.replaySince(id, since, caller.actor)
        : webhookQueue.replayEvent(id, eventId ?? '', caller.actor));
      return { queued, next_since: nextSince?.toISOString() ?? null };
    },
  });
}

function listAttempts(dependencies: WebhookRouteDependencies): Route {
  const { webhookService, webhookAttempts, cursors } = dependencies;
  return defineRoute({
    method: 'GET',
    path: '/webhooks/{webhookId}/attempts',
    scopes: ['webhooks:read'],
    rateLimit,
    summary: 'List the recent attempts to deliver messages, most recent first.',
    params,
    query: z.strictObject(pageMembers),
    responses: { 200: pageOf(attempt), 404: problem('not_found') },
    async handle({ params: { webhookId: id }, query, list }) {
      await webhookService.find(id);
      const page = await webhookAttempts.list(id, cursors.pageOf(list, query));
      return cursors.present(list, page, presentAttempt);
    },
  });
}
