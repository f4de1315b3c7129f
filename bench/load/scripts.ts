// What the load generator sends: one script per flow, which receives the last response, checks it and
// yields the next request. One run of a script is one round of the flow, as one user or client.
import { assertionOf, proofOf, type AssertionSigner } from './assertions.ts';
import { headersOf, type Answer } from './connection.ts';
import { check, codeOf, expectStatus, get, isJwt, membersOf, pathOf, post } from './requests.ts';

export type Round = Generator<string, void, Answer>;

/** Names of the servers that are compared. */
export type ServerName = 'ostiary' | 'engine' | 'floor' | 'koa';

/** What the scripts need, prepared before the run; lists have one entry per user. */
export interface Materials {
  readonly host: string;
  /** `Authorization` of the client, and of the service client without users. */
  readonly appAuthorization: string;
  readonly serviceAuthorization: string;
  /** The client that authenticates with a key, which also signs DPoP proofs. */
  readonly signer: AssertionSigner;
  readonly jwtAudience: string;
  readonly redirectUri: string;
  readonly accessTokens: readonly string[];
  /** Each round replaces the token of its user. */
  readonly refreshTokens: string[];
  readonly subjects: readonly string[];
  readonly cookies: readonly string[];
  /** The path and query of an authorization request, without and with the API of `jwtAudience`. */
  readonly authorizePath: string;
  readonly authorizeJwtPath: string;
  readonly codeVerifier: string;
  readonly people: readonly { readonly email: string; readonly password: string }[];
}

/** For a server without users and clients. */
export const noMaterials: Materials = {
  host: 'localhost',
  appAuthorization: '',
  serviceAuthorization: '',
  signer: { clientId: '', issuer: '', key: {} },
  jwtAudience: '',
  redirectUri: '',
  accessTokens: [],
  refreshTokens: [],
  subjects: [],
  cookies: [],
  authorizePath: '',
  authorizeJwtPath: '',
  codeVerifier: '',
  people: [],
};

export interface Flow {
  /** The kind of access token that each user needs before the run. */
  readonly tokens?: 'opaque' | 'jwt';
  /** What the floor needs instead. */
  readonly floorTokens?: 'jwt';
  /** The servers that have this function; by default all but Koa. */
  readonly servers?: readonly ServerName[];
  /** @param user position in the lists of the materials */
  round(materials: Materials, user: number): Round;
}

const tokenPath = '/oauth2/token';
const grant = { grant_type: 'client_credentials' };

export const loadFlows: Readonly<Record<string, Flow>> = {
  discovery: {
    *round({ host }) {
      const answer = yield get(host, '/.well-known/openid-configuration');
      check(answer, 'token_endpoint' in membersOf(answer));
    },
  },
  'client_credentials, JWT': {
    *round({ host, serviceAuthorization, jwtAudience: resource }) {
      const answer = yield post(host, tokenPath, { ...grant, resource }, serviceAuthorization);
      check(answer, isJwt(membersOf(answer)['access_token']));
    },
  },
  'client_credentials, opaque': {
    *round({ host, serviceAuthorization }) {
      const answer = yield post(host, tokenPath, grant, serviceAuthorization);
      const { access_token: token } = membersOf(answer);
      check(answer, typeof token === 'string' && !isJwt(token));
    },
  },
  // The floor authenticates by a secret only.
  'client_credentials, assertion': {
    servers: ['ostiary', 'engine'],
    *round({ host, signer, jwtAudience: resource }) {
      const fields = { ...grant, resource, ...assertionOf(signer) };
      const answer = yield post(host, tokenPath, fields, '');
      check(answer, isJwt(membersOf(answer)['access_token']));
    },
  },
  // The floor binds no tokens.
  'client_credentials, DPoP': {
    servers: ['ostiary', 'engine'],
    *round({ host, serviceAuthorization, signer, jwtAudience: resource }) {
      const headers = proofOf(signer, tokenPath);
      const fields = { ...grant, resource };
      const answer = yield post(host, tokenPath, fields, serviceAuthorization, headers);
      const { access_token: token, token_type: type } = membersOf(answer);
      check(answer, isJwt(token) && type === 'DPoP');
    },
  },
  'introspection, opaque': { tokens: 'opaque', round: introspect },
  // oidc-provider introspects no JWTs.
  'introspection, JWT': { tokens: 'jwt', servers: ['ostiary', 'floor'], round: introspect },
  userinfo: {
    tokens: 'opaque',
    // The floor verifies a JWT and looks nothing up.
    floorTokens: 'jwt',
    *round({ host, accessTokens, subjects }, user) {
      const authorization = `Bearer ${accessTokens[user]}`;
      const answer = yield get(host, '/oauth2/userinfo', { authorization });
      check(answer, membersOf(answer)['sub'] === subjects[user]);
    },
  },
  'refresh, opaque': { tokens: 'opaque', round: (materials, user) => refresh(materials, user, {}) },
  'refresh, JWT': {
    tokens: 'jwt',
    round: (materials, user) => refresh(materials, user, { resource: materials.jwtAudience }),
  },
  'authorize with a session': {
    *round({ host, cookies, authorizePath, redirectUri }, user) {
      codeOf(yield get(host, authorizePath, { cookie: cookies[user] ?? '' }), redirectUri);
    },
  },
  'authorize and code exchange': { round: exchange },
  // oidc-provider alone verifies no passwords.
  'password sign-in': { servers: ['ostiary', 'floor'], round: signIn },
  hello: {
    servers: ['koa'],
    *round({ host }) {
      expectStatus(yield get(host, '/'), 200);
    },
  },
};

function* introspect(materials: Materials, user: number): Round {
  const { host, appAuthorization, accessTokens } = materials;
  const fields = { token: accessTokens[user] ?? '' };
  const answer = yield post(host, '/oauth2/introspect', fields, appAuthorization);
  check(answer, membersOf(answer)['active'] === true);
}

function* refresh(materials: Materials, user: number, resource: { resource?: string }): Round {
  const { host, refreshTokens, appAuthorization } = materials;
  const refresh_token = refreshTokens[user] ?? '';
  const fields = { grant_type: 'refresh_token', refresh_token, ...resource };
  const answer = yield post(host, tokenPath, fields, appAuthorization);
  refreshTokens[user] = checkTokens(answer, resource.resource !== undefined);
  check(answer, refreshTokens[user] !== refresh_token);
}

/** An access token of this kind, an ID token and a refresh token, which is returned. */
function checkTokens(answer: Answer, isJwtExpected: boolean): string {
  const tokens = membersOf(answer);
  const { access_token: access, id_token: idToken, refresh_token: refreshToken } = tokens;
  check(answer, typeof access === 'string' && isJwt(access) === isJwtExpected && isJwt(idToken));
  check(answer, typeof refreshToken === 'string');
  return String(refreshToken);
}

/** With a live session: code, then access token (JWT), ID token and refresh token. */
function* exchange(materials: Materials, user: number): Round {
  const { host, cookies, authorizeJwtPath, redirectUri, codeVerifier } = materials;
  const sentBack = yield get(host, authorizeJwtPath, { cookie: cookies[user] ?? '' });
  const fields = {
    grant_type: 'authorization_code',
    code: codeOf(sentBack, redirectUri),
    redirect_uri: redirectUri,
    code_verifier: codeVerifier,
    resource: materials.jwtAudience,
  };
  checkTokens(yield post(host, tokenPath, fields, materials.appAuthorization), true);
}

/** A browser without cookies: sign-in page, form, back to the provider, back to the client. */
function* signIn(materials: Materials, user: number): Round {
  const { host, authorizePath, people, redirectUri } = materials;
  const { email: login = '', password = '' } = people[user] ?? {};
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
  codeOf(yield get(host, pathOf(signedIn), { cookie }), redirectUri);
}

/** The floor server has no pages: the form and its answer are all. */
export function* signInAtFloor(materials: Materials, user: number): Round {
  const { host, authorizePath, people, redirectUri } = materials;
  const { email: login = '', password = '' } = people[user] ?? {};
  const path = `/sign-in${authorizePath.slice(authorizePath.indexOf('?'))}`;
  codeOf(yield post(host, path, { login, password }, ''), redirectUri);
}
