// Revocable JWT access tokens on two nodes: every kind of revocation reaches an API through the status list
// (draft-ietf-oauth-status-list), which the nodes serve.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { inflateSync } from 'node:zlib';
import { setTimeout as pause } from 'node:timers/promises';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { createResourceServer } from '#resource-server/resource-server.ts';
import type { Login } from '#test/support/actors/relying-party.ts';
import { collectWorks } from '#test/support/app.ts';
import { startNodes, type Nodes } from '#test/support/faults/nodes.ts';
import { bearer, verdictOf } from '#test/support/resource-server/asking.ts';

const works = collectWorks();
const operator = { kind: 'operator' } as const;
const machine = {
  auth: 'client_secret_basic',
  grant_types: ['client_credentials'],
  redirect_uris: [],
  response_types: [],
  scope: 'read',
} as const;

async function prepare() {
  const nodes = await startNodes(works);
  const { audience } = await nodes.createApi({ accessTokenFormat: 'jwt', revocable: true });
  const rp = await nodes.relyingParty();
  const api = apiOf(nodes, audience);
  return {
    nodes,
    audience,
    rp,
    api,
    async login(scope = 'openid read offline_access') {
      const person = await nodes.createUser();
      const parameters = { resource: audience, scope, prompt: 'consent' };
      return { person, ...(await rp.login(person, parameters)) };
    },
    /** The decision of the API, as soon as it is the expected one. */
    async decision(token: string, expected: string): Promise<string> {
      const deadline = performance.now() + 15_000;
      let decided = await decide(api, token, audience);
      while (decided !== expected && performance.now() < deadline) {
        await pause(50);
        decided = await decide(api, token, audience);
      }
      return decided;
    },
  };
}

/** An API that asks the nodes in turn, and reads a list again after a moment. */
function apiOf(nodes: Nodes, audience: string) {
  let turn = 0;
  return createResourceServer({
    issuer: nodes.issuer,
    audience,
    statusLists: { maxAgeSeconds: 0.1 },
    fetch: async (url, { headers }) => {
      turn += 1;
      return nodes.at(turn).send(url, { headers: Object.fromEntries(new Headers(headers)) });
    },
  });
}

async function decide(api: ReturnType<typeof apiOf>, token: string, audience: string) {
  const verdict = await verdictOf(
    await api.verify(new Request(audience, { headers: bearer(token) })),
  );
  return 'error' in verdict ? verdict.error : 'accepted';
}

function referenceOf(token: string): { readonly idx: number; readonly uri: string } {
  return Object(decodeJwt(token)['status']).status_list;
}

const grantOf = (token: string) => String(Object(decodeJwt(token)['ost']).grant);

describe('a JWT access token of an API with revocable tokens', () => {
  const late: { stage?: Awaited<ReturnType<typeof prepare>> } = {};
  before(async () => {
    late.stage = await prepare();
  });
  after(works.run);
  const stage = () => {
    assert.ok(late.stage);
    return late.stage;
  };

  type Signed = Login & { readonly person: { readonly id: string } };
  const revocations: Readonly<Record<string, (login: Signed) => Promise<unknown>>> = {
    'the user is blocked': ({ person }) =>
      stage().nodes.services.blocking.blockUser({ userId: person.id, reason: 'x', by: operator }),
    'the grant is revoked': ({ accessToken }) =>
      stage().nodes.services.blocking.revokeGrant(grantOf(accessToken), operator),
    'the access of the client to the user is revoked': ({ person }) =>
      stage().nodes.services.blocking.revokeApp(person.id, stage().rp.app.clientId, operator),
    'all tokens of the user are revoked': ({ person }) =>
      stage().nodes.services.blocking.revokeEverythingOf(person.id, operator),
    'the client revokes it (RFC 7009)': ({ accessToken }) => stage().rp.revoke(accessToken),
    'the client revokes the refresh token': ({ refreshToken }) => stage().rp.revoke(refreshToken),
    'the refresh token is reused': async ({ refreshToken }) => {
      const second = await stage().rp.refresh(refreshToken);
      const third = await stage().rp.refresh(second.refreshToken);
      await stage().rp.tryRefresh(refreshToken);
      assert.equal(await stage().decision(third.accessToken, 'invalid_token'), 'invalid_token');
    },
    'the user is deleted': ({ person }) =>
      stage().nodes.services.blocking.revokeEverythingWith(
        person.id,
        operator,
        'account.deleted',
        async (tx) => void (await tx('users').where({ id: person.id }).delete()),
      ),
  };
  for (const [cause, revoke] of Object.entries(revocations)) {
    it(`is accepted until ${cause}, and then refused`, async () => {
      const login = await stage().login();
      const other = await stage().login();
      assert.equal(await stage().decision(login.accessToken, 'accepted'), 'accepted');

      await revoke(login);

      assert.equal(await stage().decision(login.accessToken, 'invalid_token'), 'invalid_token');
      assert.equal(await stage().decision(other.accessToken, 'accepted'), 'accepted');
    });
  }

  it('that ends with its session is refused when the session ends', async () => {
    const login = await stage().login('openid read');
    const { session } = Object(decodeJwt(login.accessToken)['ost']);
    assert.equal(await stage().decision(login.accessToken, 'accepted'), 'accepted');

    await stage().nodes.services.blocking.endSession(String(session), operator);

    assert.equal(await stage().decision(login.accessToken, 'invalid_token'), 'invalid_token');
  });

  it('of a client without a user is refused when the client is blocked', async () => {
    const { nodes, audience } = stage();
    const client = await nodes.relyingParty(machine);
    const { accessToken } = await client.clientCredentials({ resource: audience, scope: 'read' });
    assert.equal(await stage().decision(accessToken, 'accepted'), 'accepted');

    await nodes.services.blocking.blockClient(client.app.clientId, operator);

    assert.equal(await stage().decision(accessToken, 'invalid_token'), 'invalid_token');
  });

  it('has a random place in a list of its node', async () => {
    const { nodes, audience } = stage();
    const client = await nodes.relyingParty(machine);
    const elsewhere = await client.through(nodes.at(1).send);
    const issue = async (by: typeof client) =>
      referenceOf((await by.clientCredentials({ resource: audience, scope: 'read' })).accessToken);
    const places = [];
    for (let turn = 0; turn < 12; turn += 1) places.push(await issue(client));
    const other = await issue(elsewhere);

    const sequence = places.map(({ idx }) => idx);
    assert.equal(new Set(sequence).size, 12);
    assert.notDeepEqual(
      sequence,
      sequence.toSorted((a, b) => a - b),
    );
    assert.equal(new Set(places.map(({ uri }) => uri)).size, 1);
    assert.notEqual(other.uri, places[0]?.uri);
  });

  it('is described by a signed list that both nodes serve, and by the metadata', async () => {
    const { nodes } = stage();
    const { idx, uri } = referenceOf((await stage().login()).accessToken);
    const answers = await Promise.all([0, 1].map((turn) => nodes.at(turn).send(uri)));
    const [etag = ''] = answers.map(({ headers }) => headers.get('etag') ?? '');
    const unchanged = await nodes.at(1).send(uri, { headers: { 'if-none-match': etag } });
    const metadata = await nodes.at(0).send(`${nodes.issuer}/.well-known/openid-configuration`);
    const endpoint = Object(await metadata.json())['status_list_aggregation_endpoint'];
    const all = await nodes.at(0).send(String(endpoint));

    for (const answer of answers) {
      const jwt = await answer.text();
      const { status_list: list, ...claims } = Object(decodeJwt(jwt));
      assert.equal(answer.headers.get('content-type'), 'application/statuslist+jwt');
      assert.match(answer.headers.get('cache-control') ?? '', /max-age=1$/);
      assert.equal(answer.headers.get('access-control-allow-origin'), '*');
      assert.equal(decodeProtectedHeader(jwt).typ, 'statuslist+jwt');
      assert.deepEqual([claims.iss, claims.sub, claims.ttl], [nodes.issuer, uri, 5]);
      assert.equal(claims.exp - claims.iat, 900);
      const bytes = inflateSync(Buffer.from(String(list.lst), 'base64url'));
      assert.deepEqual([list.bits, bytes.length], [1, 8192]);
      assert.equal((bytes[idx >> 3] ?? 0) & (1 << (idx & 7)), 0);
    }
    assert.equal(unchanged.status, 304);
    assert.ok(Object(await all.json())['status_lists'].includes(uri));
  });

  it('is in no list that does not exist', async () => {
    const { nodes } = stage();
    const names = ['x', '00000000-0000-0000-0000-000000000000', "' or 1=1", '%00'];

    for (const name of names) {
      const answer = await nodes.at(0).send(`${nodes.issuer}/oauth2/status-lists/${name}`);
      assert.ok([400, 404].includes(answer.status), `${name}: ${answer.status}`);
    }
  });
});

describe('a JWT access token of another API', () => {
  it('has no status, and no row', async (t) => {
    const nodes = await startNodes(t, { count: 1 });
    const { audience } = await nodes.createApi({ accessTokenFormat: 'jwt' });
    const client = await nodes.relyingParty(machine);

    const { accessToken } = await client.clientCredentials({ resource: audience, scope: 'read' });

    assert.equal(decodeJwt(accessToken)['status'], undefined);
    assert.equal((await nodes.services.db.knex('token_statuses')).length, 0);
  });
});
