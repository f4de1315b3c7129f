// A client that sends backchannel requests (OpenID CIBA), implemented with oauth4webapi.
import * as oauth from 'oauth4webapi';
import { discover, transport } from '#test/support/actors/relying-party-types.ts';
import type { AppIdentity } from '#test/support/actors/relying-party.ts';
import type { Send } from '#test/support/actors/http-client.ts';
import { readPoll, type Poll } from './device-flow.ts';

export const backchannelGrant = 'urn:openid:params:grant-type:ciba';

/** The metadata of a client that polls. */
export const backchannelClient = {
  auth: 'client_secret_basic',
  client_name: 'Acme Bank',
  grant_types: [backchannelGrant, 'refresh_token'],
  response_types: [] as string[],
  redirect_uris: [] as string[],
  backchannel_token_delivery_mode: 'poll',
} as const;

export type Asking = Awaited<ReturnType<typeof createAsking>>;

export async function createAsking(
  { issuer, send }: { readonly issuer: string; readonly send: Send },
  app: AppIdentity,
) {
  const options = transport(send);
  const as = await discover(issuer, send);
  const client: oauth.Client = { client_id: app.clientId, id_token_signed_response_alg: 'ES256' };

  async function request(parameters: Readonly<Record<string, string>>): Promise<Response> {
    const all = { scope: 'openid', ...parameters };
    return oauth.backchannelAuthenticationRequest(as, client, app.auth, all, options);
  }

  return {
    as,
    clientId: app.clientId,
    async ask(parameters: Readonly<Record<string, string>>) {
      const answer = await request(parameters);
      return oauth.processBackchannelAuthenticationResponse(as, client, answer);
    },
    /** The response as received. */
    async tryToAsk(parameters: Readonly<Record<string, string>>): Promise<Poll> {
      const answer = await request(parameters);
      return readPoll(answer);
    },
    async poll(authReqId: string, via: Send = send): Promise<Poll> {
      const answer = await oauth.backchannelAuthenticationGrantRequest(
        as,
        client,
        app.auth,
        authReqId,
        transport(via),
      );
      return readPoll(answer);
    },
    /** Validates the response, including the ID token. */
    async redeem(authReqId: string) {
      const answer = await oauth.backchannelAuthenticationGrantRequest(
        as,
        client,
        app.auth,
        authReqId,
        options,
      );
      return oauth.processBackchannelAuthenticationGrantResponse(as, client, answer);
    },
  };
}
