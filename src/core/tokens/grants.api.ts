// Management API for grants: list the grants of a user, and revoke one.
import { z } from 'zod';
import type { Cursors } from '#http/api/cursors.ts';
import { defineRoute, type Route } from '#http/api/route.ts';
import { nothing, pageMembers } from '#http/api/schemas.ts';
import type { Blocking } from '#core/revocation/revocation.service.ts';
import type { GrantListStore, ListedGrant } from './grant-list.store.ts';
import { grantId, userId } from '#http/api/ids.ts';
import { presentReceipt } from '#core/revocation/receipts.api.ts';

export interface GrantRouteDependencies {
  readonly grantList: GrantListStore;
  readonly blocking: Blocking;
  readonly cursors: Cursors;
  readonly now: () => Date;
}

export function grantRoutes(dependencies: GrantRouteDependencies): readonly Route[] {
  const { grantList, blocking, cursors, now } = dependencies;
  return [
    defineRoute({
      method: 'GET',
      path: 'users/{id}/grants',
      scopes: ['grants:read'],
      summary: 'List the grants of a user, most recent first.',
      id: userId,
      query: z.strictObject(pageMembers),
      body: nothing,
      async handle({ id, query, list }) {
        const grants = await grantList.listOfUser(id, cursors.pageOf(list, query), now());
        return cursors.present(list, grants, presentGrant);
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: 'grants/{id}',
      scopes: ['grants:write'],
      summary: 'Revoke a grant and all of its tokens.',
      id: grantId,
      query: nothing,
      body: nothing,
      async handle({ id, caller }) {
        return presentReceipt(await blocking.revokeGrant(id, caller.actor));
      },
    }),
  ];
}

function presentGrant(grant: ListedGrant) {
  return {
    id: grant.id,
    user_id: grant.userId,
    client_id: grant.clientId,
    client_name: grant.clientName ?? null,
    scope: grant.scopes.join(' '),
    claims: [...grant.claims],
    resources: Object.entries(grant.resources).map(([resource, scopes]) => ({
      resource,
      scope: scopes.join(' '),
    })),
    created_at: grant.createdAt.toISOString(),
    expires_at: grant.expiresAt.toISOString(),
  };
}
