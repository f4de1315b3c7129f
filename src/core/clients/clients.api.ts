// Apps: blocking one, and ending all access that people gave it.
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
      summary: 'Block an app and end all access it has.',
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
      summary: 'Let an app work again; nothing from before the block comes back.',
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
      summary: 'Revoke every grant of an app and every token it holds.',
      id: clientId,
      query: nothing,
      body: nothing,
      async handle({ id, caller }) {
        return presentReceipt(await blocking.revokeGrantsOfClient(id, caller.actor));
      },
    }),
  ];
}
