// Management API for refresh token families: list those of a user, and show one with its rotations
// and the reuse that revoked it.
import { z } from 'zod';
import { AppError } from '#platform/errors.ts';
import type { Cursors } from '#http/api/cursors.ts';
import { defineRoute, type Route } from '#http/api/route.ts';
import { nothing, pageMembers, uuid } from '#http/api/schemas.ts';
import type {
  FamilyTimeline,
  FamilyTimelines,
  FamilySummary,
} from './refresh-family-view.service.ts';
import { familyId } from '#http/api/ids.ts';

export interface FamilyRouteDependencies {
  readonly familyTimelines: FamilyTimelines;
  readonly cursors: Cursors;
}

export function familyRoutes(dependencies: FamilyRouteDependencies): readonly Route[] {
  const { familyTimelines, cursors } = dependencies;
  return [
    defineRoute({
      method: 'GET',
      path: 'refresh-families',
      scopes: ['sessions:read'],
      summary:
        'List the refresh token families of a user, including ended ones, most recent first.',
      query: z.strictObject({ user_id: uuid, ...pageMembers }),
      body: nothing,
      async handle({ query, list }) {
        const page = cursors.pageOf(list, query);
        const families = await familyTimelines.list(query.user_id, page);
        return cursors.present(list, families, presentFamily);
      },
    }),
    defineRoute({
      method: 'GET',
      path: 'refresh-families/{id}',
      scopes: ['sessions:read'],
      summary:
        'Show a refresh token family: its tokens, their holders, and where reuse was detected.',
      id: familyId,
      query: nothing,
      body: nothing,
      async handle({ id }) {
        const picture = await familyTimelines.show(id);
        if (!picture) throw new AppError(familyId.code, familyId.message);
        return presentPicture(picture);
      },
    }),
  ];
}

function presentFamily(family: FamilySummary) {
  return {
    id: family.id,
    state: family.state,
    user_id: family.userId,
    client_id: family.clientId,
    client_name: family.clientName ?? null,
    grant_id: family.grantId,
    session_uid: family.sessionUid ?? null,
    scope: family.scope ?? null,
    generation: family.generation,
    created_at: family.createdAt.toISOString(),
    expires_at: family.expiresAt.toISOString(),
    ended_at: family.endedAt?.toISOString() ?? null,
  };
}

export function presentPicture({ members, fork, ...family }: FamilyTimeline) {
  return {
    ...presentFamily(family),
    members: members.map(({ generation, at, address, deviceName }) => ({
      generation,
      at: at.toISOString(),
      address: address ?? null,
      device: deviceName ?? null,
    })),
    fork: fork
      ? {
          generation: fork.generation ?? null,
          at: fork.at.toISOString(),
          address: fork.address ?? null,
          device: fork.deviceName ?? null,
          audit_id: fork.auditId,
        }
      : null,
  };
}
