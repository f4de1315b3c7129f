// What the protocol's messages are to the relying party of the tests: what it keeps, what it sends,
// and how an answer arrives.
import * as oauth from 'oauth4webapi';
import type { Send } from './wire.ts';

/** An app as it was registered. */
export interface AppIdentity {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly auth: oauth.ClientAuth;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** Who signs in. */
export interface Person {
  readonly id: string;
  readonly email: string;
  readonly password: string;
}

/** Parameters on top of the usual ones; `undefined` leaves a usual one out. */
export type Parameters = Readonly<Record<string, string | readonly string[] | undefined>>;

/** What the app keeps between sending the browser away and its return. */
export interface Pending {
  readonly url: URL;
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly redirectUri: string;
}

/** The app's return address was called with a good answer. */
export interface Callback extends Pending {
  readonly parameters: URLSearchParams;
  readonly code: string;
}

/** An answer as it arrived. */
export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
  /** The text read as JSON; empty when it is none. */
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

/** The app's own address and its own parameters, whatever was added. */
export function isAt(url: URL, redirectUri: string): boolean {
  const own = new URL(redirectUri);
  const kept = [...own.searchParams].every(([name, value]) => url.searchParams.get(name) === value);
  return (
    kept && url.protocol === own.protocol && url.host === own.host && url.pathname === own.pathname
  );
}

/** For oauth4webapi: our way to send, and http where the issuer is this machine. */
export function transport(send: Send) {
  return {
    [oauth.customFetch]: (url: string, { method, headers, body }: SentRequest) =>
      send(url, { method, headers, ...(body instanceof URLSearchParams ? { body } : {}) }),
    [oauth.allowInsecureRequests]: true,
  };
}

/** What oauth4webapi hands to its `fetch`, as far as it uses it here. */
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
