// Authorization of the management API: access tokens, scopes and error responses (RFC 6750).
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { z } from 'zod';
import { managementScopes } from '#core/clients/scopes.ts';
import {
  createApiClient,
  createCaller,
  itemsOf,
  type ApiAnswer,
} from '#test/support/actors/api-client.ts';
import { describeApp, type TestApp } from '#test/support/app.ts';
import { successOf } from '#http/api/responses.ts';
import { holdClock } from '#test/support/clock.ts';
import { listApiRoutes } from '#server/routes/management-api.ts';

describeApp('authorization of the management API', {}, (app) => {
  it('accepts a client access token with the required scope', async () => {
    const person = await app().createUser();
    const api = await createApiClient(app(), ['users:read']);

    const answer = await api.get(`users/${person.id}`);

    assert.equal(answer.status, 200, answer.text);
    assert.equal(answer.body['email'], person.email);
    assert.match(answer.headers.get('content-type') ?? '', /^application\/json/);
    assert.match(answer.headers.get('cache-control') ?? '', /no-store/);
    assert.equal(answer.headers.get('set-cookie'), null);
    assert.equal(answer.headers.get('access-control-allow-origin'), null);
  });

  it('accepts the access token of an administrator and refuses that of another user', async () => {
    const [admin, other] = [await anAdmin(app()), await app().createUser()];
    const rp = await app().relyingParty({ scope: 'openid users:read', first_party: true });
    const asking = { resource: `${app().issuer}/auth/api`, scope: 'openid users:read' };
    const tokens = await rp.login(admin, asking);
    const others = await rp.login(other, asking);

    const answer = await createCaller(app(), tokens.accessToken).get(`users/${other.id}`);
    const refused = await createCaller(app(), others.accessToken).get(`users/${admin.id}`);

    assert.equal(answer.status, 200, answer.text);
    assertProblem(refused, 403, 'insufficient_scope');
  });

  it('answers 401 with invalid_token to every kind of invalid token', async () => {
    const person = await app().createUser();
    const rp = await app().relyingParty();
    const login = await rp.login(person);
    const other = await app().createApi();
    const machine = await app().relyingParty({
      auth: 'client_secret_basic',
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
    });
    const foreign = await machine.clientCredentials({ resource: other.audience, scope: 'read' });
    const unknown = [`ost_cc_${'a'.repeat(43)}`, `ost_at_${'b'.repeat(43)}`, 'x', '\u00e4'];
    const tokens = [login.accessToken, login.idToken, login.refreshToken, foreign.accessToken];

    for (const token of [...tokens, ...unknown]) {
      for (const path of [`users/${person.id}`, 'nothing/here']) {
        const answer = await createCaller(app(), token).get(path);

        assertProblem(answer, 401, 'invalid_token');
        const challenge = `Bearer realm="${app().issuer}", error="invalid_token"`;
        assert.equal(answer.headers.get('www-authenticate'), challenge);
      }
    }
  });

  it('answers a request without a token with a challenge only (RFC 6750 §3.1)', async () => {
    const answer = await createCaller(app(), undefined).get('audit');

    assertProblem(answer, 401, 'invalid_token');
    assert.equal(answer.headers.get('www-authenticate'), `Bearer realm="${app().issuer}"`);
  });

  it('accepts a bearer token in the Authorization header only', async () => {
    const { accessToken } = await createApiClient(app());
    const bare = createCaller(app(), undefined);

    const [query, cookie, basic] = await Promise.all([
      bare.get('audit', { access_token: String(accessToken) }),
      bare.call('GET', 'audit', { headers: { cookie: `access_token=${accessToken}` } }),
      bare.call('GET', 'audit', { headers: { authorization: `Basic ${accessToken}` } }),
    ]);

    for (const answer of [query, cookie, basic]) assertProblem(answer, 401, 'invalid_token');
  });

  it('refuses the token of a blocked client, a removed scope and an expired token', async (t) => {
    const { services } = app();
    const clock = holdClock(t);
    const [blocked, narrowed, late] = await Promise.all([
      createApiClient(app(), ['audit:read']),
      createApiClient(app(), ['audit:read']),
      createApiClient(app(), ['audit:read']),
    ]);

    await services.blocking.blockClient(blocked.rp.app.clientId, operator);
    await services.db
      .knex('clients')
      .where({ client_id: narrowed.rp.app.clientId })
      .update({ metadata: { ...narrowed.rp.app.metadata, scope: 'users:read' } });
    await services.invalidation.publish({});

    assertProblem(await blocked.get('audit'), 401, 'invalid_token');
    assertProblem(await narrowed.get('audit'), 403, 'insufficient_scope');
    assert.equal((await late.get('audit')).status, 200);
    clock.advance(3601);
    assertProblem(await late.get('audit'), 401, 'invalid_token');
  });

  it('names the missing scope in the 403 response (RFC 6750 §3.1)', async () => {
    const api = await createApiClient(app(), ['users:read']);
    const { id } = await app().createUser();

    const answer = await api.post(`users/${id}/block`, { reason: 'a test' });

    assertProblem(answer, 403, 'insufficient_scope');
    assert.match(answer.headers.get('www-authenticate') ?? '', /scope="users:write"/);
    const shown = await api.get(`users/${id}`);
    assert.equal(shown.body['blocked_at'], null);
  });
});

describeApp('refused requests to the management API', {}, (app) => {
  it('are recorded in the audit log at a limited rate and without the access token', async () => {
    const api = await createApiClient(app(), ['audit:read']);
    const unauthorized = createCaller(app(), 'ost_cc_canary-that-must-not-be-written');
    for (let turn = 0; turn < 40; turn += 1) await unauthorized.get(`users/${turn}`);

    const found = await api.get('audit', { event: 'api.refused', limit: '100' });

    const entries = itemsOf(found);
    assert.ok(entries.length > 0 && entries.length <= 20, `${entries.length} entries`);
    assert.doesNotMatch(found.text, /canary/);
    assert.match(found.text, /"route":"\/auth\/api\/v1\/users\/\{userId\}"/);
  });
});

describeApp('the route table of the management API', {}, (app) => {
  it('declares a known scope and a summary for every route', () => {
    const known: readonly string[] = managementScopes;

    for (const { scopes, summary, path } of listApiRoutes(app().services)) {
      assert.ok(scopes.length > 0 && scopes.every((scope) => known.includes(scope)), path);
      assert.match(summary, /^[A-Z].*\.$/, path);
    }
  });

  it('declares the error for an unknown id of every parameter', () => {
    for (const { params, responses, path } of listApiRoutes(app().services)) {
      for (const { notFound } of Object.values(params)) {
        const declared: readonly string[] = responses[404]?.codes ?? [];
        assert.ok(declared.includes(notFound.code), `${path} ${notFound.code}`);
      }
    }
  });

  it('can be described as JSON Schema', () => {
    for (const { query, body, responses, path } of listApiRoutes(app().services)) {
      const { content: success } = successOf(responses);
      const output = 'line' in success ? success.line : success;
      for (const schema of [query, body, output]) {
        const described = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
        assert.ok(described.type === 'object' || described.anyOf, path);
      }
    }
  });

  it('requires a write scope for every method other than GET and only there', () => {
    // Decisions read only; a question is too long for a URL.
    const decides = (path: string) => path.startsWith('/access/');
    for (const { method, scopes, path } of listApiRoutes(app().services)) {
      if (decides(path)) continue;
      // A change may require more: a webhook also shows its caller the audit log.
      const writes = scopes.filter((scope) => scope.endsWith(':write'));
      assert.equal(writes.length > 0, method !== 'GET', `${method} ${path}`);
    }
  });

  it('lists each route once; unlisted paths answer 404, other methods 405', async () => {
    const routes = listApiRoutes(app().services);
    const api = await createApiClient(app());
    const names = routes.map(({ method, path }) => `${method} ${path}`);
    assert.equal(new Set(names).size, names.length);

    for (const path of ['', 'user', 'users/', 'nothing', 'audit/export/x']) {
      assert.equal((await api.get(path)).status, 404, path);
    }
    const answer = await api.call('PUT', 'audit');
    assertProblem(answer, 405, 'method_not_allowed');
    assert.equal(answer.headers.get('allow'), 'GET');
  });

  it('names only the methods of the path itself in Allow, not those of a path with a parameter', async () => {
    const api = await createApiClient(app());
    for (const method of ['OPTIONS', 'GET', 'DELETE']) {
      const answer = await api.call(method, 'users/import');
      assertProblem(answer, 405, 'method_not_allowed');
      assert.equal(answer.headers.get('allow'), 'POST', method);
    }
    const user = await app().createUser();
    const answer = await api.call('OPTIONS', `users/${user.id}`);
    assert.deepEqual(answer.headers.get('allow')?.split(', ').toSorted(), [
      'DELETE',
      'GET',
      'PATCH',
    ]);
  });

  it('answers 401 without a token and 403 without the scope on every route', async () => {
    const routes = listApiRoutes(app().services);
    for (const { method, path, scopes } of routes) {
      const others = managementScopes.filter((scope) => !scopes.includes(scope));
      const api = await createApiClient(app(), others);
      const address = path.slice(1).replaceAll(/\{\w+\}/g, '00000000-0000-4000-8000-000000000000');

      const [bare, poor] = await Promise.all([
        createCaller(app(), undefined).call(method, address),
        api.call(method, address),
      ]);

      assert.deepEqual([bare.status, poor.status], [401, 403], `${method} ${path}`);
    }
  });
});

const operator = { kind: 'operator' } as const;

async function anAdmin(app: TestApp) {
  const person = await app.createUser();
  const services = app.services;
  const { now } = services;
  await services.roles.grant(person.id, 'admin', now());
  return person;
}

function assertProblem(answer: ApiAnswer, status: number, code: string): void {
  assert.deepEqual(
    [answer.status, answer.body['status'], answer.body['code']],
    [status, status, code],
  );
  assert.match(answer.headers.get('content-type') ?? '', /^application\/problem\+json/);
  assert.equal(typeof answer.body['requestId'], 'string');
}
