// Custom attributes in the management API: the attributes of users beyond the standard claims.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { randomUUID } from 'node:crypto';
import { describeApp, describeOnEachArrangement, type TestApp } from '#test/support/app.ts';
import { createApiClient, itemsOf, type ApiClient } from '#test/support/actors/api-client.ts';
import { declared } from '#test/support/data/custom-attributes.ts';

const value = { name: 'Ann Example', address: { city: 'Köln' } };

function put(api: ApiClient, id: string, body: object | string, headers = {}) {
  return api.call('PUT', `users/${id}/supplements/shipping`, { body, headers });
}

const isNew = { 'if-none-match': '*' };
const match = (version: number) => ({ 'if-match': `"${version}"` });

async function prepare(app: TestApp) {
  return { person: await app.createUser(), api: await createApiClient(app) };
}

describeOnEachArrangement(
  'custom attributes in the management API',
  (app) => {
    it('are set, read, replaced and removed with a version check (RFC 9110 §13.1)', async () => {
      const { person, api } = await prepare(app());
      const path = `users/${person.id}/supplements/shipping`;
      assert.equal((await api.get(path)).status, 404);

      const made = await put(api, person.id, value, isNew);
      assert.equal(made.status, 200, made.text);
      assert.equal(made.headers.get('etag'), '"1"');
      const changed = await put(api, person.id, { ...value, floor: 3 }, match(1));
      assert.equal(changed.body['version'], 2);
      const read = await api.get(path);
      assert.equal(read.headers.get('etag'), '"2"');
      assert.deepEqual(read.body['value'], { ...value, floor: 3 });
      assert.equal(read.body['updated_by'], `client ${api.rp.app.clientId}`);
      const removed = await api.call('DELETE', path, { headers: match(2) });
      assert.equal(removed.status, 200, removed.text);
      assert.equal((await api.get(path)).status, 404);

      const again = await put(api, person.id, value, isNew);
      assert.equal(again.body['version'], 4);
      assert.equal((await put(api, person.id, value, match(1))).status, 412);
      const entries = itemsOf(await api.get('audit', { user_id: person.id }));
      const events = entries
        .map(({ event }) => event)
        .filter((event) => /suppl/.test(String(event)));
      assert.deepEqual(events, [
        'supplement.changed',
        'supplement.removed',
        'supplement.changed',
        'supplement.changed',
      ]);
      const [newest] = entries;
      assert.equal(newest?.['id'], Object(again.body['receipt']).id);
      assert.equal(JSON.stringify(entries).includes('Köln'), false);
    });

    it('accept one of several simultaneous changes to the same version', async () => {
      const { person, api } = await prepare(app());
      await put(api, person.id, value, isNew);

      const ends = await Promise.all(
        Array.from({ length: 10 }, (_, floor) =>
          put(api, person.id, { ...value, floor }, match(1)),
        ),
      );

      assert.equal(ends.filter(({ status }) => status === 200).length, 1);
      assert.equal(ends.filter(({ status }) => status === 412).length, 9);
      const { body } = await api.get(`users/${person.id}/supplements/shipping`);
      assert.equal(body['version'], 2);
    });
  },
  declared,
);

describeApp('endpoints for custom attributes', { settings: declared }, (app) => {
  it('reports each invalid member by JSON pointer (RFC 9457 §3)', async () => {
    const { person, api } = await prepare(app());

    const refused = await put(
      api,
      person.id,
      { floor: 'high', address: {}, other: 1, notes: ['x'.repeat(30)] },
      isNew,
    );

    assert.equal(refused.status, 400);
    assert.equal(refused.headers.get('content-type'), 'application/problem+json; charset=utf-8');
    const errors = refused.body['errors'] as { pointer: string }[]; // the form that is tested
    assert.deepEqual(errors.map(({ pointer }) => pointer).toSorted(), [
      '/address/city',
      '/floor',
      '/name',
      '/notes/0',
      '/other',
    ]);
  });

  it('requires If-Match (RFC 6585 §3) and rejects a stale version', async () => {
    const { person, api } = await prepare(app());

    assert.equal((await put(api, person.id, value)).status, 428);
    assert.equal((await put(api, person.id, value, match(1))).status, 412);
    assert.equal((await put(api, person.id, value, isNew)).status, 200);
    assert.equal((await put(api, person.id, value, isNew)).status, 412);
    for (const tag of ['W/"1"', '1', '"01"', '"1", "2"', '*', '"-1"', '"9999999999"']) {
      assert.equal((await put(api, person.id, value, { 'if-match': tag })).status, 412, tag);
    }
  });

  it('rejects more than 16 KiB and values that PostgreSQL cannot store', async () => {
    const { person, api } = await prepare(app());
    const path = `users/${person.id}/supplements/tier`;
    const set = (body: object | string) => api.call('PUT', path, { body, headers: isNew });

    assert.equal((await set({ level: 'x'.repeat(17_000) })).status, 413);
    for (const body of [
      '{"level":"a\\u0000b"}',
      '{"level":"\\ud800"}',
      '{"points":1e999}',
      '{"level":"gold","__proto__":{}}',
      '[]',
      '"text"',
      'null',
      '{',
    ]) {
      const { status, text } = await set(body);
      assert.equal(status, 400, `${body}: ${text}`);
    }
    assert.equal((await set('')).status, 415);
  });

  it('requires the scope named by the namespace', async () => {
    const { person, api } = await prepare(app());
    const names = itemsOf(await api.get('supplements')).map(({ namespace }) => namespace);
    assert.deepEqual(names, ['shipping', 'tier']);
    const path = `users/${person.id}/supplements`;
    assert.equal((await api.get(`${path}/fraud-score`)).status, 403);
    assert.equal((await api.get(`${path}/nothing`)).status, 404);
    assert.equal((await api.get(`users/${randomUUID()}/supplements`)).status, 404);
    assert.equal((await api.get(`users/${randomUUID()}/supplements/tier`)).status, 404);

    const reader = await createApiClient(app(), ['supplements:read']);
    assert.equal((await put(reader, person.id, value, isNew)).status, 403);
    assert.equal((await reader.get(path)).status, 200);
    const other = await createApiClient(app(), ['users:read', 'users:write']);
    assert.equal((await other.get(path)).status, 403);
  });
});
