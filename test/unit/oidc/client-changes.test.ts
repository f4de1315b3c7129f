// Which changes of a client end its access, because its tokens would allow more than it may have now.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Client } from '#core/clients/clients.ts';
import { endsAccess } from '#oidc/clients/client-changes.ts';

const exchange = 'urn:ietf:params:oauth:grant-type:token-exchange';
const limits: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  authorization_details_types: {},
  token_exchange_audiences: { grant_types: [exchange] },
};

describe('a change of a client', () => {
  for (const [member, others] of Object.entries(limits)) {
    const change = (before: unknown, after: unknown) =>
      endsAccess(clientWith({ ...others, [member]: before }), {
        firstParty: false,
        metadata: { ...others, [member]: after },
      });

    it(`of ${member} ends its access if one is withdrawn, and only then`, () => {
      const [a, b] = ['https://a.example/', 'https://b.example/'];

      assert.deepEqual([change([a, b], [a]), change([a], undefined)], [true, true]);
      assert.deepEqual([change([a], [b, a]), change(undefined, [a])], [false, false]);
    });
  }
});

function clientWith(metadata: Client['metadata']): Client {
  return {
    clientId: 'app',
    secretHash: undefined,
    firstParty: false,
    resources: [],
    metadata,
    createdAt: new Date(0),
    updatedAt: new Date(0),
    disabledAt: undefined,
    notBefore: undefined,
  };
}
