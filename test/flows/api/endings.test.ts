// What operators end through the REST interface: the effect on what people and apps hold, and the
// receipt that says what was ended.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { countOf, createApiClient, itemsOf, type ApiAnswer } from '#test/roles/api-client.ts';
import { describeOnEachArrangement, type TestApp } from '#test/app.ts';
import { holdClock } from '#test/stage/clock.ts';
import { assertInvalidGrant, offline } from '#test/roles/outcomes.ts';

describeOnEachArrangement('blocking a person through the REST interface (I34)', (app) => {
  it('ends everything and answers with a receipt, which the audit keeps', async () => {
    const { api, person, rp, login } = await aSignedInPerson(app());

    const answer = await api.post(`users/${person.id}/block`, { reason: 'lost laptop' });

    assertReceipt(answer);
    const counts = ['account', 'sessions', 'grants', 'refresh_families', 'mail'].map((kind) =>
      countOf(answer, kind),
    );
    assert.deepEqual(counts, [1, 1, 1, 1, 1]);
    assert.equal(await rp.isActive(login.accessToken), false);
    assert.equal((await rp.tryUserinfo(login.accessToken)).status, 401);
    assertInvalidGrant(await rp.tryRefresh(login.refreshToken));
    const [entry] = itemsOf(await api.get('audit', { event: 'user.blocked', user_id: person.id }));
    assert.equal(entry?.['id'], answer.body['id']);
    assert.deepEqual(entry?.['actor'], { kind: 'client', id: api.rp.app.clientId });
    assert.deepEqual(Object(entry?.['details']).reason, 'lost laptop');
  });

  it('shows the block, its reason and its end, and who did it', async (t) => {
    const clock = holdClock(t);
    const { api, person, rp } = await aSignedInPerson(app());
    const until = new Date((clock.seconds() + 60) * 1000).toISOString();

    assertReceipt(await api.post(`users/${person.id}/block`, { reason: 'a pause', until }));

    const { body } = await api.get(`users/${person.id}`);
    assert.equal(body['blocked_reason'], 'a pause');
    assert.equal(body['blocked_until'], until);
    assert.equal(body['blocked_by'], api.rp.app.clientId);
    clock.advance(62);
    assert.notEqual((await rp.login(person)).accessToken, '');
  });

  it('lets a person in again, and nothing old comes back', async () => {
    const { api, person, rp, login } = await aSignedInPerson(app());
    await api.post(`users/${person.id}/block`, { reason: 'a test' });

    assertReceipt(await api.post(`users/${person.id}/unblock`));

    assert.equal(await rp.isActive(login.accessToken), false);
    assertInvalidGrant(await rp.tryRefresh(login.refreshToken));
    assert.equal((await api.post(`users/${person.id}/unblock`)).status, 409);
  });
});

describeOnEachArrangement('ending sessions and grants through the REST interface', (app) => {
  it('ends one session with what stands on it, and leaves the others', async () => {
    const { api, person, rp, login } = await aSignedInPerson(app());
    const other = await rp.login(person, offline);
    const listed = itemsOf(await api.get(`users/${person.id}/sessions`));
    assert.equal(listed.length, 2);

    const answer = await api.delete(`sessions/${String(listed[1]?.['uid'])}`);

    assertReceipt(answer);
    assert.deepEqual([countOf(answer, 'sessions'), countOf(answer, 'grants')], [1, 1]);
    assert.equal(await rp.isActive(login.accessToken), false);
    assert.equal(await rp.isActive(other.accessToken), true);
    assert.equal((await api.delete(`sessions/${String(listed[1]?.['uid'])}`)).status, 404);
    const [entry] = itemsOf(await api.get('audit', { user_id: person.id, event: 'session.ended' }));
    assert.equal(entry?.['session_uid'], listed[1]?.['uid']);
  });

  it('ends all sessions of a person, who may sign in again', async () => {
    const { api, person, rp, login } = await aSignedInPerson(app());

    assertReceipt(await api.delete(`users/${person.id}/sessions`));

    assert.equal(await rp.isActive(login.accessToken), false);
    assert.deepEqual(itemsOf(await api.get(`users/${person.id}/sessions`)), []);
    assert.notEqual((await rp.login(person)).accessToken, '');
  });

  it('revokes everything of a person, tokens without a session too', async () => {
    const { api, person, rp, login } = await aSignedInPerson(app());
    await api.delete(`users/${person.id}/sessions`);
    const fresh = await rp.login(person, offline);

    assertReceipt(await api.post(`users/${person.id}/revoke-tokens`));

    for (const { accessToken, refreshToken } of [login, fresh]) {
      assert.equal(await rp.isActive(accessToken), false);
      assertInvalidGrant(await rp.tryRefresh(refreshToken));
    }
  });

  it('revokes one grant and leaves the session', async () => {
    const { api, person, rp, login } = await aSignedInPerson(app());
    const [grant] = itemsOf(await api.get(`users/${person.id}/grants`));
    assert.equal(grant?.['client_id'], rp.app.clientId);
    assert.equal(grant?.['scope'], 'openid offline_access');

    const answer = await api.delete(`grants/${String(grant?.['id'])}`);

    assertReceipt(answer);
    assert.deepEqual(
      ['grants', 'refresh_families', 'logout_notices'].map((kind) => countOf(answer, kind)),
      [1, 1, 0],
    );
    assert.equal(await rp.isActive(login.accessToken), false);
    assert.equal(itemsOf(await api.get(`users/${person.id}/sessions`)).length, 1);
    assert.deepEqual(itemsOf(await api.get(`users/${person.id}/grants`)), []);
    assert.equal((await api.delete(`grants/${String(grant?.['id'])}`)).status, 404);
  });

  it('makes the app whose grant is revoked ask for consent again', async () => {
    const { api, person, rp, login } = await aSignedInPerson(app());
    const [grant] = itemsOf(await api.get(`users/${person.id}/grants`));
    await api.delete(`grants/${String(grant?.['id'])}`);

    const page = await login.browser.open((await rp.request()).url);

    assert.ok(page.has('allow'), page.text);
  });

  it('tells the app whose grant is revoked, and no other', async () => {
    const api = await createApiClient(app());
    const person = await app().aPerson();
    const told = await app().relyingParty({
      backchannel_logout_uri: 'https://rp.example/logout',
    });
    const login = await told.login(person, offline);
    const untold = await app().relyingParty({
      backchannel_logout_uri: 'https://other.example/logout',
    });
    await untold.login(person, offline, login.browser);
    const grants = itemsOf(await api.get(`users/${person.id}/grants`));
    const grant = grants.find((each) => each['client_id'] === told.app.clientId);

    const answer = await api.delete(`grants/${String(grant?.['id'])}`);

    assert.equal(countOf(answer, 'logout_notices'), 1);
  });
});

describeOnEachArrangement('ending what apps hold through the REST interface', (app) => {
  it('blocks an app and lets it work again, without what it held', async () => {
    const { api, person, rp, login } = await aSignedInPerson(app());
    const address = `clients/${rp.app.clientId}`;

    assertReceipt(await api.post(`${address}/block`));

    assert.equal((await rp.tryUserinfo(login.accessToken)).status, 401);
    assert.equal((await rp.tryRefresh(login.refreshToken)).status, 401);
    assert.equal((await api.post(`${address}/block`)).status, 404);
    assertReceipt(await api.post(`${address}/unblock`));
    assert.equal(await rp.isActive(login.accessToken), false);
    assertInvalidGrant(await rp.tryRefresh(login.refreshToken));
    assert.equal((await api.post(`${address}/unblock`)).status, 409);
    assert.deepEqual(itemsOf(await api.get(`users/${person.id}/grants`)), []);
  });

  it('revokes all grants of an app', async () => {
    const { api, rp, login } = await aSignedInPerson(app());

    assertReceipt(await api.delete(`clients/${rp.app.clientId}/grants`));

    assert.equal(await rp.isActive(login.accessToken), false);
    assertInvalidGrant(await rp.tryRefresh(login.refreshToken));
    assert.equal((await api.delete('clients/nobody/grants')).status, 404);
  });

  it('signs everybody out, the caller included', async (t) => {
    const clock = holdClock(t);
    const { api, person, rp, login } = await aSignedInPerson(app());

    const answer = await api.post('sign-everyone-out');

    assertReceipt(answer);
    assert.equal(await rp.isActive(login.accessToken), false);
    assertInvalidGrant(await rp.tryRefresh(login.refreshToken));
    assert.equal((await api.get('audit')).status, 401);
    assert.equal((await login.browser.open(`${app().issuer}/auth/account`)).has('sign-in'), true);
    // What is made in the second of the epoch counts as older.
    clock.advance(1);
    assert.notEqual((await rp.login(person)).accessToken, '');
  });
});

async function aSignedInPerson(app: TestApp) {
  const api = await createApiClient(app);
  const person = await app.aPerson();
  const rp = await app.relyingParty();
  const login = await rp.login(person, offline);
  return { api, person, rp, login };
}

function assertReceipt(answer: ApiAnswer): void {
  assert.equal(answer.status, 200, answer.text);
  const { id, at, milliseconds, parts, refused } = answer.body;
  assert.match(String(id), /^[0-9a-f-]{36}$/);
  assert.equal(new Date(String(at)).toISOString(), at);
  assert.equal(typeof milliseconds, 'number');
  assert.ok(Array.isArray(parts) && parts.length > 0, answer.text);
  for (const part of parts) {
    assert.deepEqual(Object.keys(part).toSorted(), ['count', 'kind', 'milliseconds']);
  }
  assert.deepEqual(refused, ['access_tokens', 'authorization_codes', 'sign_ins_in_progress']);
}
