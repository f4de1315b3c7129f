// What each connection of the load generator sends: one script per flow, which receives the last
// response and yields the next request. An unexpected status ends the run, because error responses
// must not be measured.
import { headersOf, type Answer } from './connection.ts';

export type Script = Generator<string, never, Answer>;

/** What the scripts need, prepared before the run; lists have one entry per connection. */
export interface Materials {
  readonly host: string;
  /** `Authorization` of the client, and of the service client without users. */
  readonly appAuthorization: string;
  readonly serviceAuthorization: string;
  readonly jwtAudience: string;
  readonly accessTokens: readonly string[];
  readonly refreshTokens: readonly string[];
  readonly cookies: readonly string[];
  /** The path and query of an authorization request. */
  readonly authorizePath: string;
  readonly people: readonly { readonly email: string; readonly password: string }[];
}

/** For a server without users and clients. */
export const noMaterials: Materials = {
  host: 'localhost',
  appAuthorization: '',
  serviceAuthorization: '',
  jwtAudience: '',
  accessTokens: [],
  refreshTokens: [],
  cookies: [],
  authorizePath: '',
  people: [],
};

interface Flow {
  readonly requestsPerRound: number;
  start(materials: Materials, connection: number): Script;
}

type Fields = Readonly<Record<string, string>>;

export const loadFlows: Readonly<Record<string, Flow>> = {
  hello: repeat(({ host }) => get(host, '/'), 200),
  discovery: repeat(({ host }) => get(host, '/.well-known/openid-configuration'), 200),
  'client_credentials, opaque': repeat(
    ({ host, serviceAuthorization }) =>
      post(host, '/oauth2/token', { grant_type: 'client_credentials' }, serviceAuthorization),
    200,
  ),
  'client_credentials, JWT': repeat(({ host, serviceAuthorization, jwtAudience: resource }) => {
    const fields = { grant_type: 'client_credentials', resource };
    return post(host, '/oauth2/token', fields, serviceAuthorization);
  }, 200),
  introspection: repeat(({ host, appAuthorization, accessTokens }, connection) => {
    const fields = { token: accessTokens[connection] ?? '' };
    return post(host, '/oauth2/introspect', fields, appAuthorization);
  }, 200),
  userinfo: repeat(
    ({ host, accessTokens }, connection) =>
      get(host, '/oauth2/userinfo', { authorization: `Bearer ${accessTokens[connection]}` }),
    200,
  ),
  refresh: { requestsPerRound: 1, start: refreshForEver },
  'authorize with a live session': repeat(
    ({ host, cookies, authorizePath }, connection) =>
      get(host, authorizePath, { cookie: cookies[connection] ?? '' }),
    303,
  ),
  'password sign-in': { requestsPerRound: 4, start: signInForEver },
};

function repeat(
  request: (materials: Materials, connection: number) => string,
  status: number,
): Flow {
  return {
    requestsPerRound: 1,
    *start(materials, connection) {
      const text = request(materials, connection);
      for (;;) expectStatus(yield text, status);
    },
  };
}

function* refreshForEver(materials: Materials, connection: number): Script {
  const { host, refreshTokens, appAuthorization } = materials;
  let refresh_token = refreshTokens[connection] ?? '';
  for (;;) {
    const fields = { grant_type: 'refresh_token', refresh_token };
    const answer = yield post(host, '/oauth2/token', fields, appAuthorization);
    expectStatus(answer, 200);
    const tokens: unknown = JSON.parse(answer.body);
    const isRotated = typeof tokens === 'object' && tokens !== null && 'refresh_token' in tokens;
    refresh_token = isRotated ? String(tokens.refresh_token) : '';
  }
}

/** A browser without cookies: sign-in page, form, back to the provider, back to the client. */
function* signInForEver(materials: Materials, connection: number): Script {
  const { host, authorizePath, people } = materials;
  const { email: login = '', password = '' } = people[connection] ?? {};
  for (;;) {
    const sentAway = yield get(host, authorizePath);
    expectStatus(sentAway, 303);
    const cookie = headersOf(sentAway, 'set-cookie')
      .map((line) => line.split(';', 1)[0])
      .join('; ');
    const address = pathOf(sentAway);
    const page = yield get(host, address, { cookie });
    expectStatus(page, 200);
    const form_token = /name="form_token" value="([^"]+)"/.exec(page.body)?.[1] ?? '';
    const fields = { form_token, login, password };
    const signedIn = yield post(host, `${address}/sign-in`, fields, '', { cookie });
    expectStatus(signedIn, 303);
    expectStatus(yield get(host, pathOf(signedIn), { cookie }), 303);
  }
}

function get(host: string, path: string, headers: Fields = {}): string {
  return `GET ${path} HTTP/1.1\r\nHost: ${host}\r\n${linesOf(headers)}\r\n`;
}

function post(
  host: string,
  path: string,
  fields: Fields,
  authorization: string,
  headers: Fields = {},
): string {
  const body = String(new URLSearchParams(fields));
  const all = {
    ...headers,
    ...(authorization === '' ? {} : { authorization }),
    'content-type': 'application/x-www-form-urlencoded',
    'content-length': String(body.length),
  };
  return `POST ${path} HTTP/1.1\r\nHost: ${host}\r\n${linesOf(all)}\r\n${body}`;
}

function linesOf(headers: Fields): string {
  return Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('');
}

function pathOf(answer: Answer): string {
  const { pathname, search } = new URL(headersOf(answer, 'location')[0] ?? '', 'http://localhost');
  return pathname + search;
}

function expectStatus(answer: Answer, status: number): void {
  const isRedirect = status === 303 && answer.status >= 301 && answer.status <= 303;
  if (answer.status === status || isRedirect) return;
  throw new Error(`${answer.status} instead of ${status}: ${answer.body.slice(0, 500)}`);
}
