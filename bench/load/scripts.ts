// What the load generator sends: one script per flow, which receives the last response, checks it and
// yields the next request. One run of a script is one round of the flow, as one user or client.
import { assertionOf, proofOf } from './assertions.ts';
import type { Answer } from './connection.ts';
import type { Flow, Materials, Round } from './flow.ts';
import {
  check,
  codeOf,
  expectStatus,
  get,
  isJwt,
  membersOf,
  post,
  type Fields,
} from './requests.ts';
import { signIn, signInAtFloor, signInAtKeycloak } from './sign-in.ts';

const grant = { grant_type: 'client_credentials' };

export const loadFlows: Readonly<Record<string, Flow>> = {
  discovery: {
    *round({ host, endpoints }) {
      const answer = yield get(host, endpoints.discovery);
      check(answer, 'token_endpoint' in membersOf(answer));
    },
  },
  'client_credentials, JWT': {
    peers: ['keycloak', 'hydra'],
    *round({ host, endpoints, serviceAuthorization, jwtParameters }) {
      const fields = { ...grant, ...jwtParameters };
      const answer = yield post(host, endpoints.token, fields, serviceAuthorization.jwt);
      check(answer, isJwt(membersOf(answer)['access_token']));
    },
  },
  // Keycloak issues JWTs only.
  'client_credentials, opaque': {
    peers: ['hydra'],
    *round({ host, endpoints, serviceAuthorization }) {
      const answer = yield post(host, endpoints.token, grant, serviceAuthorization.opaque);
      const { access_token: token } = membersOf(answer);
      check(answer, typeof token === 'string' && !isJwt(token));
    },
  },
  // The floor authenticates by a secret only.
  'client_credentials, assertion': {
    servers: ['ostiary', 'engine'],
    *round({ host, endpoints, signer, jwtParameters }) {
      const fields = { ...grant, ...jwtParameters, ...assertionOf(signer) };
      const answer = yield post(host, endpoints.token, fields, '');
      check(answer, isJwt(membersOf(answer)['access_token']));
    },
  },
  // The floor binds no tokens.
  'client_credentials, DPoP': {
    servers: ['ostiary', 'engine'],
    *round({ host, endpoints, serviceAuthorization, signer, jwtParameters }) {
      const headers = proofOf(signer, endpoints.token);
      const fields = { ...grant, ...jwtParameters };
      const answer = yield post(host, endpoints.token, fields, serviceAuthorization.jwt, headers);
      const { access_token: token, token_type: type } = membersOf(answer);
      check(answer, isJwt(token) && type === 'DPoP');
    },
  },
  'introspection, opaque': {
    tokens: 'opaque',
    peers: ['hydra'],
    isInternal: true,
    round: introspect,
  },
  // oidc-provider introspects no JWTs.
  'introspection, JWT': {
    tokens: 'jwt',
    servers: ['ostiary', 'floor'],
    peers: ['keycloak', 'hydra'],
    isInternal: true,
    round: introspect,
  },
  userinfo: {
    tokens: 'opaque',
    // The floor verifies a JWT and looks nothing up.
    floorTokens: 'jwt',
    peers: ['keycloak', 'hydra'],
    *round({ host, endpoints, accessTokens, subjects }, user) {
      const authorization = `Bearer ${accessTokens[user]}`;
      const answer = yield get(host, endpoints.userinfo, { authorization });
      check(answer, membersOf(answer)['sub'] === subjects[user]);
    },
  },
  'refresh, opaque': {
    tokens: 'opaque',
    peers: ['hydra'],
    round: (materials, user) => refresh(materials, user, {}, false),
  },
  'refresh, JWT': {
    tokens: 'jwt',
    peers: ['keycloak', 'hydra'],
    round: (materials, user) => refresh(materials, user, materials.jwtParameters, true),
  },
  // Hydra has no sessions without an application that signs users in.
  'authorize with a session': {
    peers: ['keycloak'],
    *round({ host, cookies, authorizePath, redirectUri }, user) {
      codeOf(yield get(host, authorizePath, { cookie: cookies[user] ?? '' }), redirectUri);
    },
  },
  'authorize and code exchange': { peers: ['keycloak'], round: exchange },
  // oidc-provider alone and Hydra verify no passwords.
  'password sign-in': {
    servers: ['ostiary', 'floor'],
    peers: ['keycloak'],
    round: signIn,
    roundAt: { floor: signInAtFloor, keycloak: signInAtKeycloak },
  },
  hello: {
    servers: ['koa'],
    *round({ host }) {
      expectStatus(yield get(host, '/'), 200);
    },
  },
};

function* introspect(materials: Materials, user: number): Round {
  const { host, endpoints, appAuthorization, accessTokens } = materials;
  const fields = { token: accessTokens[user] ?? '' };
  const answer = yield post(host, endpoints.introspection, fields, appAuthorization);
  check(answer, membersOf(answer)['active'] === true);
}

function* refresh(
  materials: Materials,
  user: number,
  parameters: Fields,
  isJwtExpected: boolean,
): Round {
  const { host, endpoints, refreshTokens, appAuthorization } = materials;
  const refresh_token = refreshTokens[user] ?? '';
  const fields = { grant_type: 'refresh_token', refresh_token, ...parameters };
  const answer = yield post(host, endpoints.token, fields, appAuthorization);
  refreshTokens[user] = checkTokens(answer, isJwtExpected);
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
  const { host, endpoints, cookies, authorizeJwtPath, redirectUri, codeVerifier } = materials;
  const sentBack = yield get(host, authorizeJwtPath, { cookie: cookies[user] ?? '' });
  const fields = {
    grant_type: 'authorization_code',
    code: codeOf(sentBack, redirectUri),
    redirect_uri: redirectUri,
    code_verifier: codeVerifier,
    ...materials.jwtParameters,
  };
  checkTokens(yield post(host, endpoints.token, fields, materials.appAuthorization), true);
}
