// Hints on the error page for the developer of a client, in development only: the registered values of the
// client, and the command that changes them.
import type { Client } from '#core/clients/clients.ts';
import type { DeveloperHint } from '#http/rendering/error-view.ts';

/** A URL of the request that is not registered, and the parameter that sent it. */
export interface UnregisteredAddress {
  readonly parameter: 'redirect_uri' | 'post_logout_redirect_uri';
  readonly value: string;
}

export interface FailedRequest {
  /** The OAuth error code. */
  readonly code: string;
  readonly wrong: UnregisteredAddress | undefined;
  readonly client: Client | undefined;
}

/** Returns `undefined` if there is nothing to change in the registration. */
export function hintForDeveloper({
  code,
  wrong,
  client,
}: FailedRequest): DeveloperHint | undefined {
  if (wrong !== undefined && client !== undefined) return registerAddress(client, wrong);
  if (code !== 'invalid_client') return undefined;
  return {
    text: 'No client with this client_id is registered. Register one:',
    values: [],
    command: 'npx ostiary client create --name NAME --type web --redirect-uri URL',
  };
}

function registerAddress(
  { clientId, metadata }: Client,
  { parameter, value }: UnregisteredAddress,
): DeveloperHint {
  const list: unknown = metadata[`${parameter}s`];
  const values = Array.isArray(list) ? list.filter((each) => typeof each === 'string') : [];
  const registered = values.length === 0 ? 'None is registered. Add it:' : 'Registered:';
  return {
    text: `Client "${clientId}" sent a ${parameter} that is not registered. ${registered}`,
    values,
    command: commandFor(
      clientId,
      parameter === 'redirect_uri'
        ? ['--add-redirect-uri', value]
        : [...values, value].flatMap((each) => ['--post-logout-redirect-uri', each]),
    ),
  };
}

function commandFor(clientId: string, options: readonly string[]): string {
  return ['npx ostiary client update', ...[clientId, ...options].map(quote)].join(' ');
}

/** Quotes a value for a POSIX shell, because the value comes from the request. */
function quote(value: string): string {
  return /^[\w@%+=:,./-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
}
