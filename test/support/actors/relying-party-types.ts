// Types of the test relying party: its registration, its requests in progress and the responses it
// receives.
import * as oauth from 'oauth4webapi';
import type { Send } from './http-client.ts';

/** A registered client and its authentication. */
export interface AppIdentity {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly auth: oauth.ClientAuth;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** A user who signs in. */
export interface Person {
  readonly id: string;
  readonly email: string;
  readonly password: string;
}

/** Parameters that replace the usual ones; `undefined` omits a parameter. */
export type Parameters = Readonly<Record<string, string | readonly string[] | undefined>>;

/** What the client stores between the authorization request and the response. */
export interface Pending {
  readonly url: URL;
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly redirectUri: string;
}

/** A validated authorization response. */
export interface Callback extends Pending {
  readonly parameters: URLSearchParams;
  readonly code: string;
}

/** An HTTP response as received. */
export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
  /** The parsed JSON object, or an empty object if the body is not a JSON object. */
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly idToken: string;
  readonly scope: string | undefined;
  readonly expiresIn: number | undefined;
  readonly claims: Readonly<Record<string, unknown>>;
}

/** Whether the URL is the redirect URI with any additional parameters. */
export function isAt(url: URL, redirectUri: string): boolean {
  const own = new URL(redirectUri);
  const kept = [...own.searchParams].every(([name, value]) => url.searchParams.get(name) === value);
  return (
    kept && url.protocol === own.protocol && url.host === own.host && url.pathname === own.pathname
  );
}

/** Options for oauth4webapi: requests through `send`, and http for a loopback issuer. */
export function transport(send: Send) {
  return {
    [oauth.customFetch]: (url: string, { method, headers, body }: SentRequest) =>
      send(url, { method, headers, ...(body instanceof URLSearchParams ? { body } : {}) }),
    [oauth.allowInsecureRequests]: true,
  };
}

/** Reads and validates the metadata of the provider. */
export async function discover(issuer: string, send: Send): Promise<oauth.AuthorizationServer> {
  const answer = await oauth.discoveryRequest(new URL(issuer), transport(send));
  return oauth.processDiscoveryResponse(new URL(issuer), answer);
}

/** The arguments of `fetch` that oauth4webapi uses. */
interface SentRequest {
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body?: unknown;
}

export async function answerOf(response: Response): Promise<Answer> {
  const text = await response.text();
  const isJson = /json/.test(response.headers.get('content-type') ?? '');
  const body: unknown = isJson ? JSON.parse(text) : {};
  const isObject = typeof body === 'object' && body !== null;
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: isObject ? { ...body } : {},
  };
}

export function searchOf(parameters: Parameters): URLSearchParams {
  const pairs = Object.entries(parameters).flatMap(([name, value]) =>
    [value]
      .flat()
      .flatMap((each): [string, string][] => (each === undefined ? [] : [[name, each]])),
  );
  return new URLSearchParams(pairs);
}
