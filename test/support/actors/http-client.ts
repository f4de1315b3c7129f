// The HTTP client of the tests: sends requests to a local port with the Host of the issuer, as a
// reverse proxy would. It does not follow redirects.
import { Agent, request as sendRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { CleanUp } from '#test/support/services/databases.ts';

export interface WireRequest {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>> | undefined;
  readonly body?: string | URLSearchParams | Uint8Array | undefined;
}

export type Send = (url: string | URL, request?: WireRequest) => Promise<Response>;

const form = 'application/x-www-form-urlencoded;charset=UTF-8';

/** Sends requests for the issuer to this port and refuses all others. */
export function createHttpClient(t: CleanUp, issuer: string, port: number): Send {
  const agent = new Agent({ keepAlive: true });
  t.after(async () => agent.destroy());
  const { origin, host } = new URL(issuer);

  return async (url, request = {}) => {
    const target = new URL(url);
    if (target.origin !== origin) throw new Error(`Unexpected request to ${target.origin}`);
    const path = target.pathname + target.search;
    return exchange(request, ({ method, headers }) =>
      sendRequest({ agent, method, host: '127.0.0.1', port, path, headers: { ...headers, host } }),
    );
  };
}

type SentHeaders = Record<string, string | string[]>;

/** @param open begins the request, over HTTP or HTTPS */
export async function exchange(
  { method = 'GET', headers = {}, body }: WireRequest,
  open: (request: { readonly method: string; readonly headers: SentHeaders }) => ClientRequest,
): Promise<Response> {
  const isForm = body instanceof URLSearchParams;
  const type = isForm ? { 'content-type': form } : {};
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const req = open({ method, headers: { ...type, ...mutable(headers) } });
    req.on('response', resolve).on('error', reject);
    req.end(isForm ? body.toString() : body);
  });
  return responseOf(answer, await buffer(answer));
}

function responseOf({ statusCode = 0, rawHeaders }: IncomingMessage, body: Buffer): Response {
  const headers = new Headers();
  for (let at = 0; at < rawHeaders.length; at += 2) {
    headers.append(rawHeaders[at] ?? '', rawHeaders[at + 1] ?? '');
  }
  const hasBody = statusCode !== 204 && statusCode !== 304;
  return new Response(hasBody ? new Uint8Array(body) : null, { status: statusCode, headers });
}

function mutable(headers: NonNullable<WireRequest['headers']>): SentHeaders {
  const entries = Object.entries(headers);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, typeof value === 'string' ? value : [...value]]),
  );
}
