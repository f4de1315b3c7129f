// Management API for clients: block, unblock, and revoke all grants.
import { defineRoute, type Route } from '#http/api/route.ts';
import { problem } from '#http/api/responses.ts';
import { unlimited } from '#http/rate-limit/route-limit.ts';
import type { Blocking } from '#core/revocation/revocation.service.ts';
import { clientId } from '#http/api/parameters.ts';
import { receipt } from '#core/revocation/receipts.api.ts';
import { presentReceipt } from '#core/revocation/receipts.ts';

export interface ClientRouteDependencies {
  readonly blocking: Blocking;
}

export function clientRoutes(dependencies: ClientRouteDependencies): readonly Route[] {
  return [
    blockClient(dependencies),
    unblockClient(dependencies),
    revokeGrantsOfClient(dependencies),
  ];
}

function blockClient({ blocking }: ClientRouteDependencies): Route {
  return defineRoute({
    method: 'POST',
    path: '/clients/{clientId}/block',
    scopes: ['clients:write'],
    rateLimit: unlimited('authenticatedCaller'),
    summary: 'Block a client and revoke all of its access.',
    params: { clientId },
    responses: {
      200: receipt,
      403: problem('forbidden'),
      404: problem('client_not_found'),
    },
    async handle({ params, caller }) {
      return presentReceipt(await blocking.blockClient(params.clientId, caller.actor));
    },
  });
}

function unblockClient({ blocking }: ClientRouteDependencies): Route {
  return defineRoute({
    method: 'POST',
    path: '/clients/{clientId}/unblock',
    scopes: ['clients:write'],
    rateLimit: unlimited('authenticatedCaller'),
    summary: 'Unblock a client. Grants and tokens from before the block stay revoked.',
    params: { clientId },
    responses: {
      200: receipt,
      403: problem('forbidden'),
      404: problem('client_not_found'),
      409: problem('conflict'),
    },
    async handle({ params, caller }) {
      return presentReceipt(await blocking.unblockClient(params.clientId, caller.actor));
    },
  });
}

function revokeGrantsOfClient({ blocking }: ClientRouteDependencies): Route {
  return defineRoute({
    method: 'DELETE',
    path: '/clients/{clientId}/grants',
    scopes: ['clients:write', 'grants:write'],
    rateLimit: unlimited('authenticatedCaller'),
    summary: 'Revoke every grant and token of a client.',
    params: { clientId },
    responses: {
      200: receipt,
      403: problem('forbidden'),
      404: problem('client_not_found'),
    },
    async handle({ params, caller }) {
      return presentReceipt(await blocking.revokeGrantsOfClient(params.clientId, caller.actor));
    },
  });
}
