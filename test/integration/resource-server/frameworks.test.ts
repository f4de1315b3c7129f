// The resource server package in Koa, Express, Fastify and Hono, with tokens of two nodes: JWTs, opaque
// tokens, and tokens that are bound to a DPoP key.
import assert from 'node:assert/strict';
import { request as sendRequest } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { json } from 'node:stream/consumers';
import { createResourceServer } from '#resource-server/resource-server.ts';
import { createRelyingParty } from '#test/support/actors/relying-party.ts';
import type { Send } from '#test/support/actors/http-client.ts';
import { collectWorks } from '#test/support/app.ts';
import { startNodes, type Nodes } from '#test/support/faults/nodes.ts';
import { frameworks } from '#test/support/resource-server/frameworks.ts';
import { createProver, type Prover } from '#test/support/resource-server/prover.ts';

const works = collectWorks();

interface Stage {
  readonly nodes: Nodes;
  readonly audience: string;
  readonly origins: Readonly<Record<string, string>>;
  readonly tokens: Readonly<Record<'reader' | 'writer' | 'elsewhere' | 'opaque' | 'bound', string>>;
  readonly user: string;
  readonly prover: Prover;
  block(): Promise<void>;
}

/** The API asks the nodes in turn, as behind a load balancer. */
function providerOf(nodes: Nodes) {
  let turn = 0;
  return async (url: string, { method = 'GET', headers, body }: RequestInit): Promise<Response> => {
    turn += 1;
    const sent = {
      method,
      headers: Object.fromEntries(new Headers(headers)),
      ...(body instanceof URLSearchParams ? { body } : {}),
    };
    return nodes.at(turn).send(url, sent);
  };
}

function provingSend(send: Send, prover: Prover): Send {
  return async (address, request = {}) => {
    const url = new URL(address);
    if (url.pathname !== '/oauth2/token') return send(url, request);
    const dpop = await prover.prove(url.href, '', { htm: 'POST', ath: undefined });
    return send(url, { ...request, headers: { ...request.headers, dpop } });
  };
}

async function prepare(): Promise<Stage> {
  const nodes = await startNodes(works);
  const { audience } = await nodes.createApi({ accessTokenFormat: 'jwt' });
  const opaqueApi = await nodes.createApi({ accessTokenFormat: 'opaque' });
  const other = await nodes.createApi({ accessTokenFormat: 'jwt' });
  const itself = await nodes.createClient({
    auth: 'client_secret_basic',
    grant_types: ['client_credentials'],
    redirect_uris: [],
    response_types: [],
    resources: [audience, opaqueApi.audience],
  });
  const person = await nodes.createUser();
  const rp = await nodes.relyingParty();
  const prover = await createProver();
  const { send } = nodes.at(0);
  const app = await nodes.createClient();
  const proving = await createRelyingParty({
    issuer: nodes.issuer,
    app,
    send: provingSend(send, prover),
  });
  const login = async (by: typeof rp, resource: string, scope: string) =>
    (await by.login(person, { resource, scope: `openid ${scope}` })).accessToken;
  const origins: Record<string, string> = {};
  for (const [name, start] of Object.entries(frameworks)) {
    const apis = [audience, opaqueApi.audience].map((resource) =>
      createResourceServer({
        issuer: nodes.issuer,
        audience: resource,
        fetch: providerOf(nodes),
        introspection: { clientId: itself.clientId, clientSecret: itself.clientSecret },
      }),
    );
    for (const [at, api] of apis.entries()) origins[`${name} ${at}`] = await start(works, api);
  }
  return {
    nodes,
    audience,
    origins,
    user: person.id,
    prover,
    tokens: {
      reader: await login(rp, audience, 'read'),
      writer: await login(rp, audience, 'write'),
      elsewhere: await login(rp, other.audience, 'read'),
      opaque: await login(rp, opaqueApi.audience, 'read'),
      bound: await login(proving, audience, 'read'),
    },
    async block() {
      const by = { kind: 'operator' } as const;
      await nodes.services.blocking.blockUser({ userId: person.id, reason: 'a test', by });
    },
  };
}

/** Sends several headers of one name as they are, which fetch would not do. */
async function get(url: string, headers: Readonly<Record<string, string | string[]>> = {}) {
  return new Promise<{ status: number; body: unknown; challenge: string }>((resolve, reject) => {
    const sent = sendRequest(url, { headers, agent: false });
    sent.on('error', reject).on('response', (response) => {
      const challenge = response.headers['www-authenticate'] ?? '';
      json(response).then(
        (body) => resolve({ status: response.statusCode ?? 0, body, challenge }),
        reject,
      );
    });
    sent.end();
  });
}

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

describe('an API of each framework with tokens of two nodes', () => {
  const late: { stage?: Stage } = {};
  before(async () => {
    late.stage = await prepare();
  });
  after(works.run);
  const stage = () => {
    assert.ok(late.stage);
    return late.stage;
  };

  for (const name of Object.keys(frameworks)) {
    it(`accepts and refuses JWTs (${name})`, async () => {
      const { origins, tokens, user, audience } = stage();
      const origin = origins[`${name} 0`];
      const known = `${audience}.well-known/oauth-protected-resource`;

      const [reader, writer, elsewhere, none, weak] = await Promise.all([
        get(`${origin}/tasks`, bearer(tokens.reader)),
        get(`${origin}/tasks`, bearer(tokens.writer)),
        get(`${origin}/tasks`, bearer(tokens.elsewhere)),
        get(`${origin}/tasks?access_token=${tokens.reader}`),
        get(`${origin}/admin`, bearer(tokens.writer)),
      ]);
      const twice = await get(`${origin}/tasks`, {
        authorization: [`Bearer ${tokens.reader}`, `Bearer ${tokens.reader}`],
      });

      assert.deepEqual([reader.status, reader.body], [200, { tasksOf: user }]);
      assert.equal(writer.status, 403);
      assert.match(writer.challenge, /^Bearer error="insufficient_scope", scope="read"/);
      assert.deepEqual([elsewhere.status, elsewhere.body], [401, { error: 'invalid_token' }]);
      assert.equal(none.status, 401);
      assert.match(none.challenge, new RegExp(`^Bearer resource_metadata="${known}"`));
      assert.match(weak.challenge, /insufficient_user_authentication", acr_values="phr"/);
      assert.deepEqual([twice.status, twice.body], [400, { error: 'invalid_request' }]);
    });

    it(`describes itself (${name})`, async () => {
      const { origins, audience, nodes } = stage();

      const { body } = await get(`${origins[`${name} 0`]}/.well-known/oauth-protected-resource`);

      assert.deepEqual(
        [Object(body).resource, Object(body).authorization_servers],
        [audience, [nodes.issuer]],
      );
    });

    it(`accepts a token that is bound to a key only with a proof for its URL (${name})`, async () => {
      const { origins, audience, tokens, prover, user } = stage();
      const address = `${origins[`${name} 0`]}/tasks`;
      const authorization = `DPoP ${tokens.bound}`;
      const dpop = await prover.prove(`${audience}tasks`, tokens.bound);
      const wrong = await prover.prove(address, tokens.bound);

      const first = await get(address, { authorization, dpop });
      const replay = await get(address, { authorization, dpop });
      const twice = await get(address, { authorization, dpop: [wrong, dpop] });
      const inside = await get(address, { authorization, dpop: wrong });

      assert.deepEqual([first.status, first.body], [200, { tasksOf: user }]);
      for (const refused of [replay, twice, inside]) {
        assert.deepEqual([refused.status, refused.body], [401, { error: 'invalid_dpop_proof' }]);
      }
      assert.equal((await get(address, bearer(tokens.bound))).status, 401);
    });

    it(`introspects opaque tokens (${name})`, async () => {
      const { origins, tokens, user } = stage();

      const { body } = await get(`${origins[`${name} 1`]}/tasks`, bearer(tokens.opaque));
      const other = await get(`${origins[`${name} 0`]}/tasks`, bearer(tokens.opaque));

      assert.deepEqual(body, { tasksOf: user });
      assert.deepEqual([other.status, other.body], [401, { error: 'invalid_token' }]);
    });
  }

  it('refuses an opaque token of a blocked user', async () => {
    const { origins, tokens, block } = stage();
    await block();

    const deadline = performance.now() + 10_000;
    let statuses: number[] = [];
    const areRefused = () => statuses.length > 0 && statuses.every((status) => status === 401);
    while (performance.now() < deadline && !areRefused()) {
      const names = Object.keys(frameworks).map((name) => `${origins[`${name} 1`]}/tasks`);
      const answers = await Promise.all(names.map((url) => get(url, bearer(tokens.opaque))));
      statuses = answers.map(({ status }) => status);
    }

    assert.deepEqual(statuses, [401, 401, 401, 401]);
  });
});
