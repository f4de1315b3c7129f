// Opens the playground as this client.
import type { Client } from '#core/clients/clients.ts';
import { splitScope } from '#core/clients/scopes.ts';
import type { Block } from '#features/admin/page/page-model.ts';
import { playgroundAddress, playgroundScopes } from '#features/playground/playground-client.ts';
import { clientPath, isBuiltIn } from './client-list.pages.ts';

interface Surroundings {
  readonly issuer: string;
  readonly mayEdit: boolean;
}

/** Only for public clients: a page in a browser cannot keep a secret. */
export function playgroundBlocks(
  client: Client,
  { issuer, mayEdit }: Surroundings,
): readonly Block[] {
  const { clientId, metadata } = client;
  const { grant_types: grants, redirect_uris: uris, token_endpoint_auth_method: method } = metadata;
  const usesCode = !Array.isArray(grants) || grants.includes('authorization_code');
  if (isBuiltIn(client) || method !== 'none' || !usesCode) return [];
  const address = playgroundAddress(issuer);
  const isAdmitted = Array.isArray(uris) && uris.includes(address);
  if (!isAdmitted && !mayEdit) return [];
  const scopes = splitScope(metadata.scope);
  const known = playgroundScopes.filter((scope) => scopes.length === 0 || scopes.includes(scope));
  const query = new URLSearchParams({ client_id: clientId, scope: known.join(' ') });
  return [
    {
      kind: 'choices',
      choices: [
        isAdmitted
          ? {
              id: 'try-it',
              icon: 'play',
              label: 'Try it in the playground',
              hint: 'The playground signs in as this client and shows each request, response and token.',
              href: `/auth/playground?${query.toString()}`,
            }
          : {
              id: 'admit-playground',
              icon: 'play',
              label: 'Enable the playground',
              hint: `To use it, add \`${address}\` as a redirect URI and a post-logout redirect URI.`,
              button: 'Edit redirect URIs',
              href: `${clientPath(clientId)}/edit#redirect_uris`,
            },
      ],
    },
  ];
}
