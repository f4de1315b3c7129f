// Clients and API resources in the management API.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createApiClient, itemsOf, type ApiAnswer } from '#test/support/actors/api-client.ts';
import { describeApp, type TestApp } from '#test/support/app.ts';
import { holdClock } from '#test/support/clock.ts';

const tagOf = ({ headers }: ApiAnswer) => headers.get('etag') ?? '';

const service = {
  client_name: 'Nightly job',
  grant_types: ['client_credentials'],
  response_types: [],
  redirect_uris: [],
  scope: 'audit:read',
};

describeApp('clients in the management API', {}, (app) => {
  it('registers a client and shows its secret once', async () => {
    const api = await createApiClient(app());

    const made = await api.post('clients', service);
    const { client_id: id, client_secret: secret } = made.body;
    const shown = await api.get(`clients/${String(id)}`);

    assert.equal(made.status, 201, made.text);
    assert.equal(made.headers.get('location'), `/auth/api/v1/clients/${String(id)}`);
    assert.match(String(secret), /^[\w-]{43}$/);
    assert.equal(shown.text.includes(String(secret)), false);
    assert.deepEqual([shown.body['has_secret'], shown.body['scope']], [true, 'audit:read']);
    assert.equal(tagOf(shown), tagOf(made));
    assert.equal((await token(app(), String(id), String(secret))).status, 200);
    const taken = await api.post('clients', { ...service, client_id: id });
    assert.deepEqual([taken.status, taken.body['code']], [409, 'conflict']);
  });

  it('refuses metadata that would not be honored', async () => {
    const api = await createApiClient(app());

    const unknown = await api.post('clients', { ...service, redirect_uri: 'https://a.example' });
    const wrong = await api.post('clients', { ...service, grant_types: 'client_credentials' });

    assert.deepEqual([unknown.status, wrong.status], [400, 400]);
    assert.match(String(unknown.body['detail']), /"redirect_uri" is not supported/);
  });

  it('changes and replaces metadata with If-Match, and tells whether tokens were revoked', async () => {
    const api = await createApiClient(app());
    const { body } = await api.post('clients', { ...service, client_uri: 'https://a.example' });
    const path = `clients/${String(body['client_id'])}`;
    const send = (method: string, change: object, tag?: string) =>
      api.call(method, path, {
        body: change,
        headers: tag === undefined ? {} : { 'if-match': tag },
      });
    const first = tagOf(await api.get(path));

    const bare = await send('PATCH', { client_name: 'Renamed' });
    const renamed = await send('PATCH', { client_name: 'Renamed' }, first);
    const stale = await send('PATCH', { client_name: 'Again' }, first);
    const replaced = await send('PUT', { ...service, scope: 'users:read' }, tagOf(renamed));

    assert.deepEqual([bare.status, renamed.status, stale.status], [428, 200, 412]);
    assert.deepEqual([renamed.body['client_name'], renamed.body['revoked']], ['Renamed', false]);
    assert.equal(renamed.body['client_secret'], undefined);
    assert.deepEqual([replaced.status, replaced.body['revoked']], [200, true], replaced.text);
    assert.equal(replaced.body['client_uri'], undefined);
    assert.equal(tagOf(replaced), tagOf(await api.get(path)));
  });

  it('rotates a secret, and accepts the previous one during the overlap only', async (t) => {
    const clock = holdClock(t);
    const api = await createApiClient(app());
    const { body } = await api.post('clients', service);
    const id = String(body['client_id']);
    const old = String(body['client_secret']);

    const rotated = await api.post(`clients/${id}/rotate-secret`, { overlap_seconds: 600 });
    const fresh = String(rotated.body['client_secret']);

    assert.equal(rotated.status, 200, rotated.text);
    assert.deepEqual(
      [(await token(app(), id, old)).status, (await token(app(), id, fresh)).status],
      [200, 200],
    );
    assert.equal((await token(app(), id, `${old} ${fresh}`)).status, 401);
    clock.advance(601);
    assert.deepEqual(
      [(await token(app(), id, old)).status, (await token(app(), id, fresh)).status],
      [401, 200],
    );
    const immediate = await createApiClient(app());
    await immediate.post(`clients/${id}/rotate-secret`);
    assert.equal((await token(app(), id, fresh)).status, 401);
    const both = { overlap_seconds: 1, revoke_tokens: true };
    assert.equal((await immediate.post(`clients/${id}/rotate-secret`, both)).status, 400);
  });

  it('searches, blocks and deletes clients', async () => {
    const api = await createApiClient(app());
    const ids = ['search-b', 'search-a', 'search-c'];
    for (const id of ids) await api.post('clients', { ...service, client_id: id });
    await api.post('clients/search-a/block');

    const first = await api.get('clients', { search: 'SEARCH-', limit: '2' });
    const cursor = String(first.body['next_cursor']);
    const second = await api.get('clients', { search: 'SEARCH-', limit: '2', cursor });
    const blocked = await api.get('clients', { search: 'search-', status: 'blocked' });
    const deleted = await api.delete('clients/search-a');

    const found = [...itemsOf(first), ...itemsOf(second)].map((each) => each['client_id']);
    assert.deepEqual(found, ids.toSorted());
    assert.deepEqual(
      itemsOf(blocked).map((each) => each['client_id']),
      ['search-a'],
    );
    assert.equal(deleted.status, 200, deleted.text);
    assert.equal((await api.get('clients/search-a')).status, 404);
  });
});

describeApp('API resources in the management API', {}, (app) => {
  it('are created, shown, changed with If-Match and deleted', async () => {
    const api = await createApiClient(app());
    const audience = 'https://orders.example/api';

    const made = await api.post('resources', { audience, scopes: ['orders:read'] });
    const path = `resources/${String(made.body['id'])}`;
    const shown = await api.get(path);
    const headers = { 'if-match': tagOf(shown) };
    const change = { scopes: ['orders:read', 'orders:write'], access_token_seconds: 60 };
    const changed = await api.call('PATCH', path, { body: change, headers });
    const stale = await api.call('PATCH', path, { body: change, headers });

    assert.deepEqual([made.status, made.body['access_token_format']], [201, 'opaque'], made.text);
    assert.deepEqual(shown.body, made.body);
    assert.deepEqual([changed.status, changed.body['access_token_seconds']], [200, 60]);
    assert.equal(stale.status, 412);
    const listed = itemsOf(await api.get('resources')).map((each) => each['audience']);
    assert.deepEqual(listed, [`${app().issuer}/auth/api`, audience]);
    assert.equal((await api.delete(path)).status, 200);
    assert.equal((await api.get(path)).status, 404);
  });

  it('have revocable JWTs, but no revocable opaque tokens', async () => {
    const api = await createApiClient(app());
    const facts = { audience: 'https://orders.example/revocable', scopes: ['a'], revocable: true };

    const opaque = await api.post('resources', facts);
    const made = await api.post('resources', { ...facts, access_token_format: 'jwt' });
    const path = `resources/${String(made.body['id'])}`;
    const headers = { 'if-match': tagOf(await api.get(path)) };
    const back = await api.call('PATCH', path, {
      body: { access_token_format: 'opaque' },
      headers,
    });
    const off = await api.call('PATCH', path, { body: { revocable: false }, headers });

    assert.deepEqual([opaque.status, opaque.body['code']], [400, 'invalid_input']);
    assert.deepEqual([made.status, made.body['revocable']], [201, true]);
    assert.equal(back.status, 400);
    assert.deepEqual([off.status, off.body['revocable']], [200, false]);
  });

  it('limit tokens to the permissions of roles only if they require it', async () => {
    const api = await createApiClient(app());
    const facts = { audience: 'https://orders.example/permitted', scopes: ['a'] };

    const made = await api.post('resources', { ...facts, requires_permission: true });
    const path = `resources/${String(made.body['id'])}`;
    const headers = { 'if-match': tagOf(await api.get(path)) };
    const kept = await api.call('PATCH', path, { body: { scopes: ['b'] }, headers });
    const later = { 'if-match': tagOf(await api.get(path)) };
    const change = { body: { requires_permission: false }, headers: later };
    const off = await api.call('PATCH', path, change);
    const stale = await api.call('PATCH', path, change);
    const [builtIn] = itemsOf(await api.get('resources'));

    assert.deepEqual([made.status, made.body['requires_permission']], [201, true], made.text);
    assert.deepEqual([kept.status, kept.body['requires_permission']], [200, true]);
    assert.deepEqual([off.status, off.body['requires_permission']], [200, false]);
    assert.equal(stale.status, 412);
    assert.equal(builtIn?.['requires_permission'], true);
    await api.delete(path);
  });

  it('refuse invalid members, and changes of the management API', async () => {
    const api = await createApiClient(app());
    const audience = 'https://orders.example/other';
    const builtIn = Buffer.from(`${app().issuer}/auth/api`).toString('base64url');

    const answers = [
      await api.post('resources', { audience: 'orders', scopes: ['a'] }),
      await api.post('resources', { audience, scopes: ['openid'] }),
      await api.post('resources', { audience, scopes: ['a b'] }),
      await api.post('resources', { audience, scopes: ['a'], access_token_format: 'paseto' }),
      await api.delete(`resources/${builtIn}`),
    ];

    assert.deepEqual(
      answers.map(({ status }) => status),
      [400, 400, 400, 400, 400],
    );
    const taken = await api.post('resources', {
      audience: `${app().issuer}/auth/api`,
      scopes: ['a'],
    });
    assert.equal(taken.status, 409);
  });
});

describeApp('facts about the server in the management API', {}, (app) => {
  it('show version, settings without secrets, keys without private parts, and counts', async () => {
    const api = await createApiClient(app());
    await app().createUser();

    const [version, settings, keys, statistics] = await Promise.all(
      ['version', 'settings', 'keys', 'statistics'].map((path) => api.get(path)),
    );

    assert.match(String(version?.body['version']), /^\d+\.\d+\.\d+/);
    const shown = Object(settings?.body['settings']);
    assert.equal(shown.ISSUER, app().issuer);
    assert.doesNotMatch(JSON.stringify(shown.ENCRYPTION_KEYS), /[\w+/]{40}/);
    assert.doesNotMatch(JSON.stringify(shown.COOKIE_KEYS), /[\w+/]{40}/);
    assert.doesNotMatch(keys?.text ?? '', /"d":|sealed/);
    assert.equal(keys && itemsOf(keys).length > 0, true);
    assert.equal(Object(statistics?.body['counts']).users, 1);
  });
});

/** Requests a token with the credentials of a client. */
function token(app: TestApp, id: string, secret: string): Promise<Response> {
  const credentials = Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`);
  return app.send(new URL(`${app.issuer}/oauth2/token`), {
    method: 'POST',
    headers: {
      authorization: `Basic ${credentials.toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: String(
      new URLSearchParams({
        grant_type: 'client_credentials',
        resource: `${app.issuer}/auth/api`,
        scope: 'audit:read',
      }),
    ),
  });
}
