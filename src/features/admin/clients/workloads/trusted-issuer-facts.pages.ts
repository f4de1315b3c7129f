// The issuers whose JWTs authenticate a client, on the page of the client.
import type { Client } from '#core/clients/clients.ts';
import type { Block, Fact } from '#features/admin/page/page-model.ts';
import { clientPath } from '#features/admin/clients/client-list.pages.ts';
import { conditionsOf, issuerOf, keyOf, registeredCredentials } from './issuer-fields.pages.ts';

export function trustedIssuersPath({ clientId }: Client): string {
  return `${clientPath(clientId)}/issuers`;
}

/** For clients that obtain tokens of their own. */
export function trustedIssuerBlocks(client: Client): readonly Block[] {
  const { grant_types: grants } = client.metadata;
  if (!Array.isArray(grants) || grants.includes('authorization_code')) return [];
  const add = `${trustedIssuersPath(client)}/add`;
  return [
    {
      kind: 'facts',
      title: 'Trusted issuers',
      isMain: true,
      action: { id: 'add-issuer', label: 'Add', href: add, scope: 'clients:write' },
      facts: factsOf(client),
    },
  ];
}

function factsOf(client: Client): readonly Fact[] {
  const path = trustedIssuersPath(client);
  const credentials = registeredCredentials(client);
  if (credentials.length === 0) return [{ label: 'Issuers', value: 'none' }];
  return credentials.map((credential, index): Fact => {
    const query = new URLSearchParams({ credential: keyOf(credential) });
    return {
      label: 'Issuer',
      value: {
        text: issuerOf(credential),
        hint: conditionsOf(credential).join('\u00a0· '),
      },
      action: {
        id: `remove-issuer-${index + 1}`,
        label: 'Remove',
        tone: 'danger',
        href: `${path}/remove?${query.toString()}`,
        scope: 'clients:write',
      },
    };
  });
}
