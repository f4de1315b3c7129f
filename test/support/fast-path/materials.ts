// Clients, APIs and tokens in every state, for requests that are sent with and without the fast path.
import { randomBytes } from 'node:crypto';
import type { TestApp } from '#test/support/app.ts';
import { offline } from '#test/support/data/outcomes.ts';
import type { RegisteredApp } from '#test/support/data/registrations.ts';
import { serviceFacts } from '#test/support/data/service-facts.ts';
import { createCodes } from './codes.ts';

export type Materials = Awaited<ReturnType<typeof createMaterials>>;

export async function createMaterials(app: TestApp) {
  const apis = await createApis(app);
  const clients = await createClients(app, apis);
  const tokens = await createTokens(app, clients, apis);
  const codes = await createCodes(app, clients);
  const { issuer } = app;
  return { issuer, apis, clients, tokens, codes };
}

type Apis = Awaited<ReturnType<typeof createApis>>;

async function createApis(app: TestApp) {
  const scopes = ['read', 'write', 'delete'];
  return {
    opaque: await app.createApi({ scopes }),
    jwt: await app.createApi({ scopes, accessTokenFormat: 'jwt' }),
    revocable: await app.createApi({ scopes, accessTokenFormat: 'jwt', revocable: true }),
    withoutScopes: await app.createApi({ scopes: [] }),
  };
}

async function createClients(app: TestApp, apis: Apis) {
  const resources = Object.values(apis).map(({ audience }) => audience);
  const basic = { auth: 'client_secret_basic', ...serviceFacts } as const;
  const clients = {
    service: await app.createClient(basic),
    posting: await app.createClient({ auth: 'client_secret_post', ...serviceFacts }),
    limited: await app.createClient({ ...basic, scope: 'read openid' }),
    noGrants: await app.createClient({
      ...basic,
      grant_types: ['authorization_code'],
      redirect_uris: ['https://rp.example/cb'],
      response_types: ['code'],
    }),
    bound: await app.createClient({ ...basic, dpop_bound_access_tokens: true }),
    withKey: await app.createClient({ auth: 'private_key_jwt', ...serviceFacts, resources }),
    api: await app.createClient({ ...basic, resources }),
    signing: await app.createClient({
      ...basic,
      resources,
      introspection_signed_response_alg: 'ES256',
    }),
    web: await app.createClient({ auth: 'client_secret_basic' }),
    publicApp: await app.createClient(),
    pairwise: await app.createClient({ auth: 'client_secret_basic', subject_type: 'pairwise' }),
    signedUserinfo: await app.createClient({
      auth: 'client_secret_basic',
      userinfo_signed_response_alg: 'ES256',
    }),
    blocked: await app.createClient(basic),
    blockedWeb: await app.createClient({ auth: 'client_secret_basic' }),
  } satisfies Record<string, RegisteredApp>;
  return clients;
}

export type Clients = Awaited<ReturnType<typeof createClients>>;

async function createTokens(app: TestApp, clients: Clients, apis: Apis) {
  const ann = await app.createUser({ emailVerified: true, claims: { name: 'Ann', locale: 'de' } });
  const bob = await app.createUser();
  const web = await app.relyingPartyOf(clients.web);
  const scope = 'openid email profile offline_access read write';
  const login = await web.login(ann, { ...offline, scope });
  const forApi = await web.login(ann, {
    scope: 'openid read write',
    resource: apis.opaque.audience,
  });
  const forJwtApi = await web.login(ann, { scope: 'openid read', resource: apis.jwt.audience });
  const superseded = await web.login(ann, { ...offline, scope });
  const next = await web.refresh(superseded.refreshToken);
  await web.refresh(next.refreshToken);
  const revoked = await web.login(ann, { ...offline, scope });
  await web.revoke(revoked.accessToken);
  const ended = await web.login(ann, { ...offline, scope });
  await web.revoke(ended.refreshToken);
  const ofBlockedUser = await web.login(bob, { ...offline, scope });
  await app.block(bob.id);
  const machine = await app.relyingPartyOf(clients.service);
  const asService = (resource: string) => machine.clientCredentials({ resource, scope: 'read' });
  const byClients = await createTokensOfOthers(app, clients);
  return {
    user: login.accessToken,
    userForApi: forApi.accessToken,
    userJwt: forJwtApi.accessToken,
    refresh: login.refreshToken,
    idToken: login.idToken,
    superseded: superseded.refreshToken,
    revoked: revoked.accessToken,
    ended: ended.refreshToken,
    endedAccess: ended.accessToken,
    blockedUser: ofBlockedUser.accessToken,
    blockedUserRefresh: ofBlockedUser.refreshToken,
    service: (await asService(apis.opaque.audience)).accessToken,
    serviceJwt: (await asService(apis.jwt.audience)).accessToken,
    revocableJwt: (await asService(apis.revocable.audience)).accessToken,
    ...byClients,
    ...(await createStored(app, clients)),
    ...forge(login.accessToken, forJwtApi.accessToken),
  };
}

async function createTokensOfOthers(app: TestApp, clients: Clients) {
  const user = await app.createUser();
  const publicRp = await app.relyingPartyOf(clients.publicApp);
  const pairwise = await app.relyingPartyOf(clients.pairwise);
  const signed = await app.relyingPartyOf(clients.signedUserinfo);
  const blocked = await app.relyingPartyOf(clients.blockedWeb);
  const ofPublic = await publicRp.login(user, offline);
  const ofBlocked = await blocked.login(user, offline);
  const tokens = {
    publicUser: ofPublic.accessToken,
    publicRefresh: ofPublic.refreshToken,
    pairwise: (await pairwise.login(user)).accessToken,
    signedUserinfo: (await signed.login(user)).accessToken,
    blockedClient: ofBlocked.accessToken,
    blockedClientRefresh: ofBlocked.refreshToken,
  };
  const by = { kind: 'operator' } as const;
  for (const { clientId } of [clients.blocked, clients.blockedWeb]) {
    await app.services.blocking.blockClient(clientId, by);
  }
  return tokens;
}

/** Tokens that no flow of the test issues: expired, bound, or with authorization details. */
async function createStored({ services }: TestApp, { service: { clientId } }: Clients) {
  const now = Math.floor(Date.now() / 1000);
  const put = async (facts: object) => {
    const token = `ost_cc_${randomBytes(32).toString('base64url')}`;
    const payload = { iat: now - 900, kind: 'ClientCredentials', format: 'opaque', clientId };
    await services.shortLived.put('ClientCredentials', token, { ...payload, ...facts }, 300);
    return token;
  };
  return {
    expired: await put({ exp: now - 5 }),
    longExpired: await put({ exp: now - 60 }),
    boundToKey: await put({ exp: now + 200, jkt: 'wc3dmTCKgO6Lq9dIg7VjSbkBLlaMVLXqQ8yyWSv5jP4' }),
    boundToCertificate: await put({
      exp: now + 200,
      'x5t#S256': 'bwcK0esc3ACC3DB2Y5_lESsXE8o9ltc05O89jdN-dg2',
    }),
    withDetails: await put({ exp: now + 200, aud: 'https://none.example', rar: [{ type: 'x' }] }),
  };
}

function forge(opaque: string, jwt: string) {
  const [header = '', claims = '', signature = ''] = jwt.split('.');
  return {
    truncated: opaque.slice(0, -1),
    extended: `${opaque}A`,
    otherCase: opaque.replace('ost_at_', 'OST_AT_'),
    unknown: `ost_at_${randomBytes(32).toString('base64url')}`,
    unknownRefresh: `ost_rt_${randomBytes(51).toString('base64url')}`,
    random: randomBytes(32).toString('base64url'),
    handle: `none_${randomBytes(32).toString('base64url')}`,
    forgedJwt: `${header}.${claims}.${signature.split('').toReversed().join('')}`,
    unsignedJwt: `${Buffer.from('{"alg":"none"}').toString('base64url')}.${claims}.`,
    headerOnly: header,
    text: 'a token?',
  };
}
