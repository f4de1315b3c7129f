// A receiver of Shared Signals: a client that manages its streams, and an endpoint that verifies
// every SET with jose.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { createLocalJWKSet, jwtVerify, type JWTHeaderParameters, type JWTPayload } from 'jose';
import type { Send } from '#test/support/actors/http-client.ts';
import type { RelyingParty } from '#test/support/actors/relying-party.ts';
import { createArrivals, listenForCalls } from '#test/support/services/call-receiver.ts';
import type { CleanUp } from '#test/support/services/databases.ts';

export const pushMethod = 'urn:ietf:rfc:8935';
export const pollMethod = 'urn:ietf:rfc:8936';

export function typeOf(name: string): string {
  const family = name.startsWith('account-') || name.startsWith('identifier-') ? 'risc' : 'caep';
  const own = name === 'verification' || name === 'stream-updated';
  return `https://schemas.openid.net/secevent/${own ? 'ssf' : family}/event-type/${name}`;
}

export interface ReceivedSignal {
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly header: JWTHeaderParameters;
  readonly claims: JWTPayload;
  /** The last part of the event type. */
  readonly name: string;
  readonly event: Readonly<Record<string, unknown>>;
  readonly subject: Readonly<Record<string, unknown>>;
}

export interface SignalAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: Headers;
}

type Transmitter = { readonly issuer: string; readonly send: Send };

/** Verifies a SET as RFC 8417 and SSF 1.0 §4 require. */
export async function verifySignal(
  { issuer, send }: Transmitter,
  token: string,
  audience: string,
): Promise<Omit<ReceivedSignal, 'headers'>> {
  const keys = createLocalJWKSet(JSON.parse(await (await send(`${issuer}/oauth2/jwks`)).text()));
  const options = { issuer, audience, typ: 'secevent+jwt' };
  const { payload: claims, protectedHeader: header } = await jwtVerify(token, keys, options);
  const [[type, event] = ['', {}]] = Object.entries(Object(claims['events']));
  const name = type.slice(type.lastIndexOf('/') + 1);
  return { header, claims, name, event: Object(event), subject: Object(claims['sub_id']) };
}

/** Manages streams with an access token of the client. */
export async function createSignalClient(
  { issuer, send }: Transmitter,
  rp: RelyingParty,
  scope = 'ssf.manage ssf.read',
) {
  const { accessToken } = await rp.clientCredentials({ scope });
  async function call(method: string, path: string, body?: object | string): Promise<SignalAnswer> {
    const content = typeof body === 'object' ? JSON.stringify(body) : body;
    const response = await send(path.startsWith('http') ? path : `${issuer}/oauth2/ssf/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${accessToken}`,
        ...(content === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: content,
    });
    const answered = await response.text();
    const { status, headers } = response;
    return { status, headers, body: answered === '' ? {} : JSON.parse(answered) };
  }
  return { rp, clientId: rp.app.clientId, accessToken, call };
}

export type SignalClient = Awaited<ReturnType<typeof createSignalClient>>;

/** Metadata of a client that receives signals, and to which users can sign in. */
export function aReceiver(scope = 'openid ssf.manage ssf.read') {
  const grantTypes = ['authorization_code', 'refresh_token', 'client_credentials'];
  return { auth: 'client_secret_basic', grant_types: grantTypes, scope } as const;
}

export interface PushEndpoint {
  readonly url: string;
  readonly signals: readonly ReceivedSignal[];
  /** The status of the responses, with the error code of RFC 8935. */
  answer: { readonly status: number; readonly err?: string };
  /** Resolves when as many of these signals have been received. */
  received(name: string, count?: number): Promise<readonly ReceivedSignal[]>;
}

export async function startPushEndpoint(
  t: CleanUp,
  transmitter: Transmitter,
  audience: () => string,
): Promise<PushEndpoint> {
  const arrivals = createArrivals<ReceivedSignal>();
  const origin = await listenForCalls(t, receive);

  async function receive(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const { status, err } = endpoint.answer;
    const isToken = req.headers['content-type'] === 'application/secevent+jwt';
    const verified = await verifySignal(transmitter, await text(req), audience()).catch(() => {});
    res.setHeader('content-type', 'application/json');
    if (!isToken || !verified) {
      res.writeHead(400).end(JSON.stringify({ err: 'invalid_request' }));
      return;
    }
    const { authorization, accept } = req.headers;
    res.writeHead(status).end(err === undefined ? '' : JSON.stringify({ err }));
    arrivals.add({ ...verified, headers: { authorization, accept } });
  }

  const endpoint: PushEndpoint = {
    url: `${origin}/events`,
    signals: arrivals.items,
    answer: { status: 202 },
    received: (name, count = 1) => arrivals.received(count, (each) => each.name === name),
  };
  return endpoint;
}
