// Management API for grants: list the grants of a user, and revoke one.
import { z } from 'zod';
import type { Cursors } from '#http/api/cursors.ts';
import { defineRoute, type Route } from '#http/api/route.ts';
import { pageOf, problem, timestamp } from '#http/api/responses.ts';
import { pageMembers } from '#http/api/schemas.ts';
import { unlimited } from '#http/rate-limit/route-limit.ts';
import type { Blocking } from '#core/revocation/revocation.service.ts';
import type { UserStore } from '#core/users/users.store.ts';
import type { GrantStore } from './grants.store.ts';
import type { GrantListStore } from './grant-list.store.ts';
import { presentGrant } from './commands/format-grant.ts';
import { grantId, userId } from '#http/api/parameters.ts';
import { receipt } from '#core/revocation/receipts.api.ts';
import { presentReceipt } from '#core/revocation/receipts.ts';

export interface GrantRouteDependencies {
  readonly grants: Pick<GrantStore, 'find'>;
  readonly grantList: GrantListStore;
  readonly users: UserStore;
  readonly blocking: Blocking;
  readonly cursors: Cursors;
  readonly now: () => Date;
}

const grant = z.strictObject({
  id: z.string(),
  user_id: z.string(),
  client_id: z.string(),
  client_name: z.string().nullable(),
  scope: z.string(),
  claims: z.array(z.string()),
  resources: z.array(z.strictObject({ resource: z.string(), scope: z.string() })),
  created_at: timestamp,
  expires_at: timestamp,
});

export function grantRoutes(dependencies: GrantRouteDependencies): readonly Route[] {
  return [listGrantsOfUser(dependencies), revokeGrant(dependencies)];
}

function listGrantsOfUser({ grantList, cursors, now }: GrantRouteDependencies): Route {
  return defineRoute({
    method: 'GET',
    path: '/users/{userId}/grants',
    scopes: ['grants:read'],
    rateLimit: unlimited('authenticatedCaller'),
    summary: 'List the grants of a user, most recent first.',
    params: { userId },
    query: z.strictObject(pageMembers),
    responses: { 200: pageOf(grant), 404: problem('user_not_found') },
    async handle({ params, query, list }) {
      const page = cursors.pageOf(list, query);
      const grants = await grantList.listOfUser(params.userId, page, now());
      return cursors.present(list, grants, presentGrant);
    },
  });
}

function revokeGrant({ blocking }: GrantRouteDependencies): Route {
  return defineRoute({
    method: 'DELETE',
    path: '/grants/{grantId}',
    scopes: ['grants:write'],
    rateLimit: unlimited('authenticatedCaller'),
    summary: 'Revoke a grant and all of its tokens.',
    params: { grantId },
    responses: { 200: receipt, 403: problem('forbidden'), 404: problem('not_found') },
    async handle({ params, caller }) {
      return presentReceipt(await blocking.revokeGrant(params.grantId, caller.actor));
    },
  });
}
