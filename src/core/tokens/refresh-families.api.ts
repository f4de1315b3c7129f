// Management API for refresh token families: list those of a user, and show one with its rotations
// and the reuse that revoked it.
import { z } from 'zod';
import type { Cursors } from '#http/api/cursors.ts';
import { defineRoute, type Route } from '#http/api/route.ts';
import { pageOf, problem, timestamp } from '#http/api/responses.ts';
import { pageMembers, uuid } from '#http/api/schemas.ts';
import { unlimited } from '#http/rate-limit/route-limit.ts';
import {
  presentFamily,
  presentTimeline,
  type FamilyTimelines,
} from './refresh-family-view.service.ts';
import { familyId, notFound } from '#http/api/parameters.ts';

export interface FamilyRouteDependencies {
  readonly familyTimelines: FamilyTimelines;
  readonly cursors: Cursors;
}

const family = z.strictObject({
  id: z.string(),
  state: z.enum(['alive', 'expired', 'revoked', 'reused']),
  user_id: z.string(),
  client_id: z.string(),
  client_name: z.string().nullable(),
  grant_id: z.string(),
  session_uid: z.string().nullable(),
  scope: z.string().nullable(),
  generation: z.int(),
  created_at: timestamp,
  expires_at: timestamp,
  ended_at: timestamp.nullable(),
});

/** Where a token was used: once as expected, or a second time. */
const use = { at: timestamp, address: z.string().nullable(), device: z.string().nullable() };

const timeline = family.extend({
  members: z.array(z.strictObject({ generation: z.int(), ...use })),
  fork: z.strictObject({ generation: z.int().nullable(), ...use, audit_id: z.string() }).nullable(),
});

export function familyRoutes(dependencies: FamilyRouteDependencies): readonly Route[] {
  return [listFamilies(dependencies), showFamily(dependencies)];
}

function listFamilies({ familyTimelines, cursors }: FamilyRouteDependencies): Route {
  return defineRoute({
    method: 'GET',
    path: '/refresh-families',
    scopes: ['sessions:read'],
    rateLimit: unlimited('authenticatedCaller'),
    summary: 'List the refresh token families of a user, including ended ones, most recent first.',
    params: {},
    query: z.strictObject({ user_id: uuid, ...pageMembers }),
    responses: { 200: pageOf(family) },
    async handle({ query, list }) {
      const page = cursors.pageOf(list, query);
      const families = await familyTimelines.list(query.user_id, page);
      return cursors.present(list, families, presentFamily);
    },
  });
}

function showFamily({ familyTimelines }: FamilyRouteDependencies): Route {
  return defineRoute({
    method: 'GET',
    path: '/refresh-families/{familyId}',
    scopes: ['sessions:read'],
    rateLimit: unlimited('authenticatedCaller'),
    summary:
      'Show a refresh token family: its tokens, their holders, and where reuse was detected.',
    params: { familyId },
    responses: { 200: timeline, 404: problem('not_found') },
    async handle({ params }) {
      const found = await familyTimelines.show(params.familyId);
      if (!found) throw notFound(familyId);
      return presentTimeline(found);
    },
  });
}
