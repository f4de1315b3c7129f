// A client of the management API that obtains an access token with the client credentials grant.
import { managementScopes } from '#core/clients/scopes.ts';
import { apiPrefix } from '#http/api/router.ts';
import { listApiRoutes } from '#server/routes/management-api.ts';
import type { TestApp } from '#test/support/app.ts';
import { assertDeclared } from './api-contract.ts';

export interface ApiAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed JSON object, or an empty object if the body is not a JSON object. */
  readonly body: Readonly<Record<string, unknown>>;
}

export interface ApiRequest {
  /** An object is serialized; a string is sent unchanged. Both have the content type of JSON. */
  readonly body?: object | string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** If `services` is given, each response is compared with the declaration of its route. */
type Called = Pick<TestApp, 'issuer' | 'send'> & Partial<Pick<TestApp, 'services'>>;
type Api = Called & Pick<TestApp, 'relyingParty'>;

export type ApiClient = Awaited<ReturnType<typeof createApiClient>>;

/** Registers a client for these scopes and obtains an access token with all of them. */
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

/** Calls the management API with this access token, or without one. */
export function createCaller(app: Called, accessToken: string | undefined) {
  const routes = app.services ? listApiRoutes(app.services) : [];

  async function call(method: string, path: string, request: ApiRequest = {}): Promise<ApiAnswer> {
    const { body, query, headers } = request;
    const url = new URL(`${app.issuer}${apiPrefix}/${path}`);
    if (query) url.search = String(new URLSearchParams(query));
    const text = typeof body === 'object' ? JSON.stringify(body) : body;
    // Node.js does not add Content-Length to a DELETE request.
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
    const answer = await readAnswer(response);
    const { pathname } = new URL(url);
    const relative = pathname.slice(pathname.indexOf(apiPrefix) + apiPrefix.length);
    assertDeclared(routes, { method, path: relative, status: answer.status, text: answer.text });
    return answer;
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

/** The items of a list response. */
export function itemsOf({ body, text }: ApiAnswer): readonly Readonly<Record<string, unknown>>[] {
  const { items } = body;
  if (Array.isArray(items)) return items;
  throw new TypeError(`Response has no list: ${text}`);
}

/** The number of revoked objects of this kind in a receipt. */
export function countOf({ body, text }: ApiAnswer, kind: string): unknown {
  const { parts } = body;
  if (!Array.isArray(parts)) throw new TypeError(`Response has no receipt: ${text}`);
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
