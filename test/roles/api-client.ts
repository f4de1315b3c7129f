// The REST interface as a program of an operator calls it: with an access token that it got for
// itself, JSON both ways.
import { managementScopes } from '#core/clients/scopes.ts';
import type { TestApp } from '#test/app.ts';

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The text read as JSON; empty when it is none. */
  readonly body: Readonly<Record<string, unknown>>;
}

export interface ApiRequest {
  /** An object is sent as JSON, a text as it is with the type of JSON. */
  readonly body?: object | string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
}

type Api = Pick<TestApp, 'issuer' | 'send' | 'relyingParty'>;

export type ApiClient = Awaited<ReturnType<typeof createApiClient>>;

/** A client that is registered for those scopes and has a token with all of them. */
export async function createApiClient(app: Api, scopes: readonly string[] = managementScopes) {
  const rp = await app.relyingParty({
    auth: 'client_secret_basic',
    grant_types: ['client_credentials'],
    redirect_uris: [],
    response_types: [],
    scope: scopes.join(' '),
  });
  const scope = scopes.join(' ');
  const { accessToken } = await rp.clientCredentials({ resource: `${app.issuer}/auth/api`, scope });
  return { rp, ...createCaller(app, accessToken) };
}

/** Calls with that token, or with none. */
export function createCaller(app: Pick<Api, 'issuer' | 'send'>, accessToken: string | undefined) {
  async function call(method: string, path: string, request: ApiRequest = {}): Promise<ApiAnswer> {
    const { body, query, headers } = request;
    const url = new URL(`${app.issuer}/auth/api/v1/${path}`);
    if (query) url.search = String(new URLSearchParams(query));
    const text = typeof body === 'object' ? JSON.stringify(body) : body;
    // Node announces no body of a DELETE by itself.
    const length = String(Buffer.byteLength(text ?? ''));
    const response = await app.send(url, {
      method,
      body: text,
      headers: {
        ...(text === undefined
          ? {}
          : { 'content-type': 'application/json', 'content-length': length }),
        ...(accessToken === undefined ? {} : { authorization: `Bearer ${accessToken}` }),
        ...headers,
      },
    });
    return readAnswer(response);
  }

  return {
    accessToken,
    call,
    get: (path: string, query: Readonly<Record<string, string>> = {}) =>
      call('GET', path, { query }),
    post: (path: string, body?: object) => call('POST', path, body ? { body } : {}),
    delete: (path: string) => call('DELETE', path),
  };
}

/** The list that an answer holds. */
export function itemsOf({ body, text }: ApiAnswer): readonly Readonly<Record<string, unknown>>[] {
  const { items } = body;
  if (Array.isArray(items)) return items;
  throw new TypeError(`There is no list in ${text}`);
}

/** How many of a kind a receipt counts. */
export function countOf({ body, text }: ApiAnswer, kind: string): unknown {
  const { parts } = body;
  if (!Array.isArray(parts)) throw new TypeError(`There is no receipt in ${text}`);
  return parts.find((part: { kind?: unknown }) => part.kind === kind)?.count;
}

async function readAnswer(response: Response): Promise<ApiAnswer> {
  const text = await response.text();
  const isJson = /\bjson\b/.test(response.headers.get('content-type') ?? '');
  const body: unknown = isJson && text !== '' ? JSON.parse(text) : {};
  const isObject = typeof body === 'object' && body !== null;
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: isObject ? { ...body } : {},
  };
}
