// A bank whose API defines a type of authorization details, and a client that requests payments.
import type { ApiResource } from '#core/clients/clients.ts';
import type { AppFacts } from '#test/support/data/registrations.ts';
import type { Nodes } from '#test/support/faults/nodes.ts';

/** The type of the authorization details. */
export const type = 'payment_initiation';
const detailTypes = [
  {
    type,
    schema: {
      type: 'object',
      properties: {
        type: { const: type },
        locations: { type: 'array', items: { type: 'string' } },
        amount: { type: 'string', maxLength: 20 },
        currency: { enum: ['EUR', 'USD'] },
        creditor: {
          type: 'object',
          properties: { name: { type: 'string', maxLength: 70 } },
          required: ['name'],
          additionalProperties: false,
        },
      },
      required: ['type', 'amount', 'currency', 'creditor'],
      additionalProperties: false,
    },
    sentences: {
      en: 'Pay {amount} {currency} to {creditor.name}',
      de: '{amount} {currency} an {creditor.name} zahlen',
    },
  },
];

export const payment = (amount: string, name = 'Ann’s Bakery') => ({
  type,
  amount,
  currency: 'EUR',
  creditor: { name },
});

export async function createBank(
  nodes: Nodes,
  facts: AppFacts = {},
  api: Partial<ApiResource> = {},
) {
  const bank = await nodes.createApi({
    scopes: ['read'],
    accessTokenFormat: 'jwt',
    detailTypes,
    ...api,
  });
  const rp = await nodes.relyingParty({ authorization_details_types: [type], ...facts });
  const ask = (...details: readonly object[]) => ({
    resource: bank.audience,
    scope: 'openid read',
    authorization_details: JSON.stringify(details),
  });
  return { bank, rp, ask, person: await nodes.createUser() };
}
