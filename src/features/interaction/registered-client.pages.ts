// The data of a registered client on pages, and the URL at which the user can start again.
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

/** Where the user can start the sign-in again: registered URLs only, never one from a request. */
export function startUrl({ metadata }: Client): string | undefined {
  const { initiate_login_uri: start, client_uri: home, redirect_uris: answers } = metadata;
  const [answer]: unknown[] = Array.isArray(answers) ? answers : [];
  const origin = typeof answer === 'string' ? URL.parse(answer)?.origin : undefined;
  return [start, home, origin].find(isWebAddress);
}

function isWebAddress(value: unknown): value is string {
  const protocol = typeof value === 'string' ? URL.parse(value)?.protocol : undefined;
  return protocol === 'https:' || protocol === 'http:';
}
