// Management API for impersonations: lists the live ones, and ends one. An impersonation starts only in a
// browser in which the administrator is signed in (docs/decisions/0033).
import { z } from 'zod';
import type { Cursors } from '#http/api/cursors.ts';
import type { PathParameter } from '#http/api/parameters.ts';
import { pageOf, problem, timestamp } from '#http/api/responses.ts';
import { defineRoute, type Route } from '#http/api/route.ts';
import { pageMembers } from '#http/api/schemas.ts';
import { unlimited } from '#http/rate-limit/route-limit.ts';
import type { Impersonations } from './impersonations.service.ts';
import { presentImpersonation } from './impersonations.ts';

export interface ImpersonationRouteDependencies {
  readonly impersonations: Impersonations;
  readonly cursors: Cursors;
}

const impersonation = z.strictObject({
  id: z.string(),
  administrator_id: z.string(),
  administrator_email: z.string().nullable(),
  user_id: z.string(),
  user_email: z.string().nullable(),
  session_uid: z.string(),
  reason: z.string(),
  started_at: timestamp,
  ends_at: timestamp,
});

const impersonationId: PathParameter = {
  pattern: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
  notFound: { code: 'not_found', message: 'Impersonation not found, or it has ended.' },
};

export function impersonationRoutes(
  dependencies: ImpersonationRouteDependencies,
): readonly Route[] {
  return [listImpersonations(dependencies), endImpersonation(dependencies)];
}

function listImpersonations({ impersonations, cursors }: ImpersonationRouteDependencies): Route {
  return defineRoute({
    method: 'GET',
    path: '/impersonations',
    scopes: ['sessions:read'],
    rateLimit: unlimited('authenticatedCaller'),
    summary: 'List the administrators who are signed in as a user now, most recent first.',
    params: {},
    query: z.strictObject(pageMembers),
    responses: { 200: pageOf(impersonation) },
    async handle({ query, list }) {
      const page = await impersonations.list(cursors.pageOf(list, query));
      return cursors.present(list, page, presentImpersonation);
    },
  });
}

function endImpersonation({ impersonations }: ImpersonationRouteDependencies): Route {
  return defineRoute({
    method: 'DELETE',
    path: '/impersonations/{impersonationId}',
    scopes: ['sessions:write'],
    rateLimit: unlimited('authenticatedCaller'),
    summary: 'End an impersonation, its session and its tokens.',
    params: { impersonationId },
    responses: {
      200: z.strictObject({ id: z.string(), ended: z.literal(true) }),
      404: problem('not_found'),
    },
    async handle({ params: { impersonationId: id }, caller }) {
      await impersonations.end(id, caller.actor);
      return { id, ended: true as const };
    },
  });
}
