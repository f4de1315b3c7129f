// Management API for clients: block, unblock, and revoke all grants.
import { defineRoute, type Route } from '#http/api/route.ts';
import { nothing } from '#http/api/schemas.ts';
import type { Blocking } from '#core/revocation/revocation.service.ts';
import { clientId } from '#http/api/ids.ts';
import { presentReceipt } from '#core/revocation/receipts.api.ts';

export interface ClientRouteDependencies {
  readonly blocking: Blocking;
}

export function clientRoutes({ blocking }: ClientRouteDependencies): readonly Route[] {
  return [
    defineRoute({
      method: 'POST',
      path: 'clients/{id}/block',
      scopes: ['clients:write'],
      summary: 'Block a client and revoke all of its access.',
      id: clientId,
      query: nothing,
      body: nothing,
      async handle({ id, caller }) {
        return presentReceipt(await blocking.blockClient(id, caller.actor));
      },
    }),
    defineRoute({
      method: 'POST',
      path: 'clients/{id}/unblock',
      scopes: ['clients:write'],
      summary: 'Unblock a client. Grants and tokens from before the block stay revoked.',
      id: clientId,
      query: nothing,
      body: nothing,
      async handle({ id, caller }) {
        return presentReceipt(await blocking.unblockClient(id, caller.actor));
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: 'clients/{id}/grants',
      scopes: ['clients:write', 'grants:write'],
      summary: 'Revoke every grant and token of a client.',
      id: clientId,
      query: nothing,
      body: nothing,
      async handle({ id, caller }) {
        return presentReceipt(await blocking.revokeGrantsOfClient(id, caller.actor));
      },
    }),
  ];
}
