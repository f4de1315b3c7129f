// Dynamic client registration from the view of a client (RFC 7591, RFC 7592).
import type { TestApp } from '#test/support/app.ts';
import type { Send, WireRequest } from '#test/support/actors/http-client.ts';
import type { AppIdentity } from '#test/support/actors/relying-party.ts';
import * as oauth from 'oauth4webapi';

export interface RegistrationAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Readonly<Record<string, unknown>>;
}

export const webClient = {
  client_name: 'Wiki',
  redirect_uris: ['https://wiki.example/callback'],
} as const;

/** @param token an initial or a registration access token */
export function createRegistrationClient({ issuer, send }: { issuer: string; send: Send }) {
  async function call(
    url: string,
    { token, ...request }: WireRequest & { readonly token?: unknown },
  ): Promise<RegistrationAnswer> {
    const authorization = typeof token === 'string' ? { authorization: `Bearer ${token}` } : {};
    const json = request.body === undefined ? {} : { 'content-type': 'application/json' };
    const headers = { ...json, ...authorization, ...request.headers };
    const response = await send(url, { ...request, headers });
    const text = await response.text();
    const body = text === '' ? {} : (JSON.parse(text) as RegistrationAnswer['body']); // JSON objects
    return { status: response.status, headers: response.headers, body };
  }

  const urlOf = ({ registration_client_uri: url }: RegistrationAnswer['body']) => String(url);
  const tokenOf = ({ registration_access_token: token }: RegistrationAnswer['body']) => token;

  return {
    call,
    register: (metadata: unknown, token?: string) =>
      call(`${issuer}/oauth2/register`, { method: 'POST', body: JSON.stringify(metadata), token }),
    read: (client: RegistrationAnswer['body'], token: unknown = tokenOf(client)) =>
      call(urlOf(client), { token }),
    update: (
      client: RegistrationAnswer['body'],
      metadata: object,
      token: unknown = tokenOf(client),
    ) => {
      const body = JSON.stringify({ client_id: client['client_id'], ...metadata });
      return call(urlOf(client), { method: 'PUT', body, token });
    },
    remove: (client: RegistrationAnswer['body'], token: unknown = tokenOf(client)) =>
      call(urlOf(client), { method: 'DELETE', token }),
  };
}

export type RegistrationClient = ReturnType<typeof createRegistrationClient>;

/** The data with which a relying party uses a client registered with or without a secret. */
export function identityOf({ body }: RegistrationAnswer): AppIdentity {
  const { client_id: id, client_secret: secret, redirect_uris: uris } = body;
  return {
    clientId: String(id),
    redirectUri: Array.isArray(uris) ? String(uris[0]) : '',
    metadata: { ...body },
    auth: typeof secret === 'string' ? oauth.ClientSecretBasic(secret) : oauth.None(),
  };
}

/** Replaces the registered metadata of a client, as an operator would. */
export async function replaceMetadata(
  { services }: TestApp,
  clientId: string,
  metadata: object,
): Promise<void> {
  await services.db.knex('clients').where({ client_id: clientId }).update({ metadata });
  await services.invalidation.publish({ clientId });
}
