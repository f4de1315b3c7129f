// The audit log in the management API: search and export as JSON lines.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createApiClient, itemsOf } from '#test/support/actors/api-client.ts';
import { describeOnEachArrangement, type TestApp } from '#test/support/app.ts';

const operator = { kind: 'operator' } as const;

describeOnEachArrangement('GET /auth/api/v1/audit', (app) => {
  it('filters entries by user, client, event and time, newest first', async () => {
    const api = await createApiClient(app());
    const person = await app().createUser();
    const rp = await app().relyingParty();
    const before = new Date();
    await rp.login(person);
    await app().block(person.id);

    const found = itemsOf(await api.get('audit', { user_id: person.id }));

    assert.deepEqual(
      found.map((entry) => entry['event']).filter((event) => event !== 'device.new'),
      ['user.blocked', 'sign_in.succeeded', 'consent.given', 'user.registered'],
    );
    const since = { user_id: person.id, from: before.toISOString() };
    const events = itemsOf(await api.get('audit', since)).map((entry) => entry['event']);
    assert.equal(events.includes('user.registered'), false);
    const until = { user_id: person.id, to: before.toISOString() };
    assert.equal(itemsOf(await api.get('audit', until)).length, found.length - events.length);
    const signIns = { client_id: rp.app.clientId, event: 'sign_in.succeeded' };
    const [signIn, ...more] = itemsOf(await api.get('audit', signIns));
    assert.deepEqual([signIn?.['user_id'], more.length], [person.id, 0]);
    assert.deepEqual(Object.keys(Object(signIn?.['personal'])), ['address']);
    assert.equal(typeof signIn?.['request_id'], 'string');
  });

  it('continues after the previous page when entries are added in between', async () => {
    const api = await createApiClient(app());
    const person = await app().createUser();
    await fill(app(), person.id, 30);
    const query = { user_id: person.id, event: 'key.created', limit: '7' };

    const ids: unknown[] = [];
    for (let cursor: unknown = ''; cursor !== null;) {
      const asked = typeof cursor === 'string' && cursor !== '' ? { cursor } : {};
      const answer = await api.get('audit', { ...query, ...asked });
      ids.push(...itemsOf(answer).map((entry) => entry['id']));
      cursor = answer.body['next_cursor'];
      await fill(app(), person.id, 2);
    }

    assert.deepEqual([ids.length, new Set(ids).size], [30, 30]);
  });
});

describeOnEachArrangement('GET /auth/api/v1/audit/export', (app) => {
  it('exports each entry once as a line of JSON, oldest first', async () => {
    const api = await createApiClient(app());
    const person = await app().createUser();
    await fill(app(), person.id, 603);

    const answer = await api.get('audit/export', { user_id: person.id });

    assert.match(answer.headers.get('content-type') ?? '', /^application\/x-ndjson/);
    const lines = answer.text.trimEnd().split('\n');
    const entries = lines.map((line): Record<string, unknown> => JSON.parse(line));
    const { head } = entries.pop() ?? {};
    assert.equal(typeof Object(head).jws, 'string');
    assert.equal(entries.length, 604);
    assert.ok(entries.some((entry) => entry['event'] === 'user.registered'));
    const ids = entries.map((entry) => String(entry['id']));
    assert.equal(new Set(ids).size, ids.length);
    const times = entries.map((entry) => String(entry['at']));
    assert.deepEqual(times, times.toSorted());
    for (const name of ['seq', 'hash', 'previous_hash', 'personal_digest']) {
      assert.ok(name in (entries[0] ?? {}), name);
    }
  });

  it('exports with the filters of a search but without a limit', async () => {
    const api = await createApiClient(app());

    const none = await api.get('audit/export', { event: 'device.disowned' });
    assert.deepEqual([none.status, none.text.trimEnd().split('\n').length], [200, 1]);
    assert.equal((await api.get('audit/export', { limit: '5' })).status, 400);
  });
});

/** Appends entries about the user, several of them with the same timestamp. */
async function fill({ services }: TestApp, userId: string, count: number): Promise<void> {
  const { audit } = services;
  await services.db.transaction(async (tx) => {
    for (let turn = 0; turn < count; turn += 1) {
      await audit.append({ event: 'key.created', actor: operator, userId }, tx);
    }
  });
}
