// Lists in the management API: their members, paging and the absence of secrets.
import assert from 'node:assert/strict';
import { randomBytes, randomUUID } from 'node:crypto';
import { it } from 'node:test';
import {
  createApiClient,
  itemsOf,
  type ApiAnswer,
  type ApiClient,
} from '#test/support/actors/api-client.ts';
import { aClient } from '#test/support/data/builders.ts';
import { describeApp, describeOnEachArrangement, type TestApp } from '#test/support/app.ts';
import { createBrowser } from '#test/support/actors/cookie-browser.ts';
import { offline } from '#test/support/data/outcomes.ts';
import type { Send } from '#test/support/actors/http-client.ts';

const firefox = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0';

describeOnEachArrangement('GET /auth/api/v1/sessions', (app) => {
  it('lists device, address, times and clients without secrets', async () => {
    const api = await createApiClient(app());
    const person = await app().createUser();
    const rp = await app().relyingParty({ client_name: 'Calendar' });
    const browser = createBrowser(sendAs(app().send, firefox), app().issuer);
    await rp.login(person, {}, browser);

    const answer = await api.get('sessions', { user_id: person.id });

    const [session, ...others] = itemsOf(answer);
    assert.deepEqual(others, []);
    assert.equal(session?.['user_id'], person.id);
    assert.equal(session?.['device'], 'Firefox, Windows');
    assert.equal(session?.['address'], '127.0.0.1');
    assert.deepEqual(session?.['apps'], [{ client_id: rp.app.clientId, name: 'Calendar' }]);
    for (const name of ['first_used_at', 'last_used_at', 'expires_at', 'signed_in_at']) {
      assert.match(String(session?.[name]), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/, name);
    }
    for (const { value } of browser.cookies.all()) {
      assert.equal(answer.text.includes(value.split('.')[0] ?? value), false);
    }
    assert.deepEqual(itemsOf(await api.get(`users/${person.id}/sessions`)), [session]);
  });

  it('lists the sessions of one user or of all users', async () => {
    const api = await createApiClient(app());
    const rp = await app().relyingParty();
    const [ann, ben] = [await app().createUser(), await app().createUser()];
    await rp.login(ann);
    await rp.login(ben);

    const [one, all] = await Promise.all([
      api.get('sessions', { user_id: ann.id }),
      api.get('sessions', { limit: '100' }),
    ]);

    assert.deepEqual(
      itemsOf(one).map((session) => session['user_id']),
      [ann.id],
    );
    const people = itemsOf(all).map((session) => session['user_id']);
    assert.deepEqual(people.slice(0, 2), [ben.id, ann.id]);
    assert.deepEqual(itemsOf(await api.get(`users/${randomUUID()}/sessions`)), []);
  });
});

describeOnEachArrangement('paging of a list', (app) => {
  it('returns pages without gaps or duplicates while rows are added and removed', async () => {
    const api = await createApiClient(app());
    const person = await app().createUser();
    await fillGrants(app(), person.id, 45);

    const first = await api.get(`users/${person.id}/grants`);
    const [gone] = itemsOf(first);
    await app().services.grants.revoke(String(gone?.['id']), new Date());
    await fillGrants(app(), person.id, 3);
    const seen = [...itemsOf(first), ...(await readOn(api, `users/${person.id}/grants`, first))];

    const ids = seen.map((grant) => String(grant['id']));
    assert.equal(itemsOf(first).length, 20);
    assert.deepEqual([ids.length, new Set(ids).size], [45, 45]);
    const times = seen.map((grant) => String(grant['created_at']));
    assert.deepEqual(times, times.toSorted().toReversed());
  });

  it('returns as many items as the limit, from 1 to 100', async () => {
    const api = await createApiClient(app());
    const person = await app().createUser();
    await fillGrants(app(), person.id, 4);

    for (const [limit, length] of [
      ['1', 1],
      ['3', 3],
      ['4', 4],
      ['100', 4],
    ] as const) {
      const answer = await api.get(`users/${person.id}/grants`, { limit });
      assert.equal(itemsOf(answer).length, length);
      assert.equal(answer.body['next_cursor'] === null, length === 4, limit);
    }
  });
});

describeApp('paging with a cursor', {}, (app) => {
  it('refuses a cursor that is forged, altered or from another list or filter', async () => {
    const api = await createApiClient(app());
    const [ann, ben] = [await app().createUser(), await app().createUser()];
    await fillGrants(app(), ann.id, 3);
    const list = `users/${ann.id}/grants`;
    const cursor = String((await api.get(list, { limit: '1' })).body['next_cursor']);
    const [body = '', mac = ''] = cursor.split('.');
    const forged = [
      Buffer.from('["2026-05-04","x\' or 1=1 --"]').toString('base64url'),
      `${Buffer.from('["infinity",""]').toString('base64url')}.${mac}`,
      `${body}.${'a'.repeat(43)}`,
      `${body}.`,
      cursor.slice(0, -1),
      `${cursor}=`,
      '0',
      '',
    ];

    for (const value of forged) assertInvalid(await api.get(list, { cursor: value }), 'cursor');
    assertInvalid(await api.get(`users/${ben.id}/grants`, { cursor }), 'cursor');
    assertInvalid(await api.get('audit', { cursor }), 'cursor');
    assert.equal((await api.get(list, { cursor })).status, 200);
    assert.equal((await api.get(list, { cursor, limit: '2' })).status, 200);
  });
});

describeOnEachArrangement('GET /auth/api/v1/refresh-families/{id}', (app) => {
  it('lists the tokens of a family with client addresses, oldest first', async () => {
    const api = await createApiClient(app());
    const person = await app().createUser();
    const rp = await app().relyingParty();
    const login = await rp.login(person, offline);
    const second = await rp.refresh(login.refreshToken);
    await rp.refresh(second.refreshToken);

    const [family] = itemsOf(await api.get('refresh-families', { user_id: person.id }));
    const { body } = await api.get(`refresh-families/${String(family?.['id'])}`);

    assert.deepEqual([family?.['state'], family?.['generation']], ['alive', 2]);
    assert.deepEqual([body['state'], body['fork'], body['client_name']], ['alive', null, 'Tasks']);
    assert.deepEqual(membersOf(body), [
      [0, null],
      [1, '127.0.0.1'],
      [2, '127.0.0.1'],
    ]);
  });

  it('shows generation, address and device of refresh token reuse', async () => {
    const api = await createApiClient(app());
    const person = await app().createUser();
    const rp = await app().relyingParty();
    const login = await rp.login(person, offline);
    const second = await rp.refresh(login.refreshToken);
    await rp.refresh(second.refreshToken);
    const attacker = await rp.through(sendAs(app().send, 'curl/8.14.1'));
    await attacker.tryRefresh(login.refreshToken);

    const [family] = itemsOf(await api.get('refresh-families', { user_id: person.id }));
    const { body } = await api.get(`refresh-families/${String(family?.['id'])}`);

    assert.deepEqual([body['state'], body['generation']], ['reused', 2]);
    const { generation, address, device, audit_id: auditId } = Object(body['fork']);
    assert.deepEqual([generation, address, device], [0, '127.0.0.1', 'curl']);
    const [entry] = itemsOf(await api.get('audit', { event: 'refresh_token.reused' }));
    assert.equal(entry?.['id'], auditId);
  });

  it('answers 404 for an unknown family', async () => {
    const api = await createApiClient(app());

    for (const id of [randomUUID(), 'x', '1e9', randomUUID().replace('-', '')]) {
      assert.equal((await api.get(`refresh-families/${id}`)).status, 404, id);
    }
  });
});

function membersOf({ members }: Readonly<Record<string, unknown>>): unknown[] {
  assert.ok(Array.isArray(members));
  return members.map(({ generation, address }) => [generation, address]);
}

function sendAs(send: Send, userAgent: string): Send {
  return (url, request = {}) =>
    send(url, { ...request, headers: { ...request.headers, 'user-agent': userAgent } });
}

/** Reads all items after this page. */
async function readOn(api: ApiClient, path: string, page: ApiAnswer) {
  const items: Readonly<Record<string, unknown>>[] = [];
  let cursor = page.body['next_cursor'];
  while (typeof cursor === 'string') {
    const next = await api.get(path, { cursor });
    items.push(...itemsOf(next));
    cursor = next.body['next_cursor'];
  }
  return items;
}

/** Saves grants of the user, several of them created at the same instant. */
async function fillGrants({ services }: TestApp, userId: string, count: number) {
  const { users, clientStore, grants } = services;
  const user = await users.findById(userId);
  assert.ok(user);
  const client = aClient({ firstParty: true });
  await clientStore.insert(client);
  for (let turn = 0; turn < count; turn += 1) {
    const createdAt = new Date(Date.now() + Math.floor(turn / 4));
    const grant = {
      id: randomBytes(24).toString('base64url'),
      userId,
      clientId: client.clientId,
      content: { openid: { scope: 'openid' } },
      createdAt,
      expiresAt: new Date(createdAt.getTime() + 3_600_000),
    };
    assert.ok(await grants.save(grant, user));
  }
}

function assertInvalid(answer: ApiAnswer, word: string): void {
  assert.deepEqual([answer.status, answer.body['code']], [400, 'invalid_input'], answer.text);
  assert.match(String(answer.body['detail']), new RegExp(word));
}
