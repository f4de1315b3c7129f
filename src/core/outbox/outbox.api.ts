// Management API for undelivered mail and back-channel logouts: list them, and retry those that
// failed permanently. Their content is never shown.
import { z } from 'zod';
import type { PathParameter } from '#http/api/parameters.ts';
import { notFound } from '#http/api/parameters.ts';
import { problem, timestamp } from '#http/api/responses.ts';
import { defineRoute, type Route } from '#http/api/route.ts';
import { unlimited } from '#http/rate-limit/route-limit.ts';
import type { DeadLetters } from './dead-letters.service.ts';
import type { UnsentItem } from './outbox-list.store.ts';

export interface OutboxRouteDependencies {
  readonly deadLetters: DeadLetters;
}

const maxCount = 100;

const jobId: PathParameter = {
  pattern: /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  notFound: { code: 'not_found', message: 'No permanently failed job has this id.' },
};

const query = z.strictObject({
  state: z.enum(['dead', 'undelivered']).default('undelivered').describe('dead or undelivered'),
});

const job = z.strictObject({
  id: z.string(),
  kind: z.string(),
  state: z.enum(['dead', 'waiting']),
  user_id: z.string().nullable(),
  client_id: z.string().nullable(),
  created_at: timestamp,
  attempts: z.int(),
  due_at: timestamp.nullable(),
  dead_at: timestamp.nullable(),
  last_error: z.string().nullable(),
});

const jobs = z.strictObject({ items: z.array(job) });

export function outboxRoutes(dependencies: OutboxRouteDependencies): readonly Route[] {
  return [listJobs(dependencies), retryJob(dependencies)];
}

function listJobs({ deadLetters }: OutboxRouteDependencies): Route {
  return defineRoute({
    method: 'GET',
    path: '/outbox',
    scopes: ['outbox:read'],
    rateLimit: unlimited('authenticatedCaller'),
    summary: 'List undelivered mail and back-channel logouts, at most 100, most recent first.',
    params: {},
    query,
    responses: { 200: jobs },
    async handle({ query: { state } }) {
      const found = await deadLetters.list({ dead: state === 'dead', limit: maxCount });
      return { items: found.map(present) };
    },
  });
}

function retryJob({ deadLetters }: OutboxRouteDependencies): Route {
  return defineRoute({
    method: 'POST',
    path: '/outbox/{jobId}/retry',
    scopes: ['outbox:write'],
    rateLimit: unlimited('authenticatedCaller'),
    summary: 'Retry a job that failed permanently.',
    params: { jobId },
    responses: { 200: job, 404: problem('not_found') },
    async handle({ params, caller }) {
      const [revived] = await deadLetters.retry(params.jobId, caller.actor);
      if (!revived) throw notFound(jobId);
      return present(revived);
    },
  });
}

function present(item: UnsentItem): z.input<typeof job> {
  const { deadAt, dueAt } = item;
  return {
    id: item.id,
    kind: item.kind,
    state: deadAt ? 'dead' : 'waiting',
    user_id: item.userId ?? null,
    client_id: item.clientId ?? null,
    created_at: item.createdAt.toISOString(),
    attempts: item.attempts,
    due_at: deadAt ? null : dueAt.toISOString(),
    dead_at: deadAt?.toISOString() ?? null,
    last_error: item.lastError ?? null,
  };
}
