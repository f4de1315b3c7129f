// Events as AWS documents them for HTTP API, REST API and function URLs, with the request of a test in
// them; and responses from the results.
import { readFileSync } from 'node:fs';
import type { WireRequest } from '#test/support/actors/http-client.ts';
import type { GatewayResult, HttpEvent, RestEvent } from '#server/serverless/gateway-events.ts';

export const gateways = ['http-api', 'rest-api', 'function-url'] as const;
export type Gateway = (typeof gateways)[number];

const form = 'application/x-www-form-urlencoded;charset=UTF-8';

/** The event for a request that a client sends to this URL. */
export function eventFor(gateway: Gateway, url: URL, request: WireRequest = {}) {
  return gateway === 'rest-api' ? restEvent(url, request) : httpEvent(gateway, url, request);
}

export function httpEvent(
  gateway: Exclude<Gateway, 'rest-api'>,
  { pathname, search, host }: URL,
  request: WireRequest = {},
): HttpEvent {
  const event = read(gateway) as HttpEvent; // the file has this shape
  const { method = 'GET' } = request;
  const { cookie, ...headers } = Object.fromEntries(
    Object.entries(headersOf(request)).map(([name, values]) => [name, values.join(',')]),
  );
  return {
    ...event,
    rawPath: decodeURI(pathname),
    rawQueryString: search.slice(1),
    ...(cookie ? { cookies: cookie.split('; ') } : {}),
    headers: { ...event.headers, ...headers, host },
    requestContext: {
      ...event.requestContext,
      http: { ...event.requestContext.http, method, path: pathname },
    },
    ...bodyOf(request),
  };
}

export function restEvent({ pathname, searchParams, host }: URL, request: WireRequest): RestEvent {
  const event = read('rest-api') as RestEvent; // the file has this shape
  const { method: httpMethod = 'GET' } = request;
  const multiValueHeaders = { ...event.multiValueHeaders, ...headersOf(request), Host: [host] };
  const names = [...new Set(searchParams.keys())];
  const query = Object.fromEntries(names.map((name) => [name, searchParams.getAll(name)]));
  const { body = null, isBase64Encoded } = bodyOf(request);
  return {
    ...event,
    httpMethod,
    path: pathname,
    headers: lastOfEach(multiValueHeaders),
    multiValueHeaders,
    queryStringParameters: names.length > 0 ? lastOfEach(query) : null,
    multiValueQueryStringParameters: names.length > 0 ? query : null,
    requestContext: { ...event.requestContext, path: pathname, httpMethod },
    body,
    isBase64Encoded,
  };
}

/** The response that a gateway sends to the client. */
export function responseOf(result: GatewayResult): Response {
  const { statusCode = 200, body = '', isBase64Encoded = false } = result;
  const headers = new Headers();
  for (const [name, value] of Object.entries(result.headers ?? {}))
    headers.set(name, String(value));
  const lists = 'multiValueHeaders' in result ? result.multiValueHeaders : undefined;
  for (const [name, values] of Object.entries(lists ?? {})) {
    for (const value of values) headers.append(name, String(value));
  }
  const cookies = 'cookies' in result ? (result.cookies ?? []) : [];
  for (const cookie of cookies) headers.append('set-cookie', cookie);
  const bytes = Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8');
  const hasBody = statusCode !== 204 && statusCode !== 304;
  return new Response(hasBody ? bytes : null, { status: statusCode, headers });
}

function read(gateway: Gateway): unknown {
  return JSON.parse(readFileSync(new URL(`events/${gateway}.json`, import.meta.url), 'utf8'));
}

function headersOf({ headers = {}, body }: WireRequest): Record<string, string[]> {
  const named = Object.entries(headers).map(
    ([name, value]) =>
      [name.toLowerCase(), typeof value === 'string' ? [value] : [...value]] as const,
  );
  const type = body instanceof URLSearchParams ? { 'content-type': [form] } : {};
  return { ...type, ...Object.fromEntries(named) };
}

/** Function URLs and HTTP APIs encode every body that is not known to be text. */
function bodyOf({ body }: WireRequest): { body?: string; isBase64Encoded: boolean } {
  if (body === undefined) return { isBase64Encoded: false };
  const bytes = body instanceof URLSearchParams ? body.toString() : body;
  return { body: Buffer.from(bytes).toString('base64'), isBase64Encoded: true };
}

function lastOfEach(lists: Readonly<Record<string, string[] | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(lists).map(([name, values]) => [name, values?.at(-1) ?? '']),
  );
}
