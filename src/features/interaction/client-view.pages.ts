// The client of an interaction, as its pages display it.
import type { Client } from '#core/clients/clients.ts';
import { presentClient, type ClientView } from '#http/rendering/client-view.ts';

/** The registered client metadata that a page displays. */
export function viewOf(
  client: Pick<Client, 'clientId' | 'metadata'>,
  redirectUri?: unknown,
): ClientView {
  const text = (name: string) => {
    const value = client.metadata[name];
    return typeof value === 'string' ? value : undefined;
  };
  return presentClient({
    clientId: client.clientId,
    clientName: text('client_name'),
    logoUri: text('logo_uri'),
    policyUri: text('policy_uri'),
    tosUri: text('tos_uri'),
    clientUri: text('client_uri'),
    redirectUri: typeof redirectUri === 'string' ? redirectUri : undefined,
    theme: client.metadata['theme'],
  });
}
