// Blocking and revocation through the management API: the effect on sessions, grants and tokens,
// and the receipt that states what was revoked.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import {
  countOf,
  createApiClient,
  itemsOf,
  type ApiAnswer,
} from '#test/support/actors/api-client.ts';
import { describeOnEachArrangement, type TestApp } from '#test/support/app.ts';
import { holdClock } from '#test/support/clock.ts';
import { assertInvalidGrant, offline } from '#test/support/data/outcomes.ts';

describeOnEachArrangement('POST /auth/api/v1/users/{id}/block', (app) => {
  it('revokes sessions, grants and tokens and keeps its receipt in the audit log', async () => {
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

  it('exposes the reason, the end and the author of the block', async (t) => {
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

  it('can be undone with unblock, but sessions and tokens remain revoked', async () => {
    const { api, person, rp, login } = await aSignedInPerson(app());
    await api.post(`users/${person.id}/block`, { reason: 'a test' });

    assertReceipt(await api.post(`users/${person.id}/unblock`));

    assert.equal(await rp.isActive(login.accessToken), false);
    assertInvalidGrant(await rp.tryRefresh(login.refreshToken));
    assert.equal((await api.post(`users/${person.id}/unblock`)).status, 409);
  });
});

describeOnEachArrangement('revocation of sessions and grants through the management API', (app) => {
  it('ends one session with its grants and keeps the others', async () => {
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

  it('ends all sessions of a user, who may sign in again', async () => {
    const { api, person, rp, login } = await aSignedInPerson(app());

    assertReceipt(await api.delete(`users/${person.id}/sessions`));

    assert.equal(await rp.isActive(login.accessToken), false);
    assert.deepEqual(itemsOf(await api.get(`users/${person.id}/sessions`)), []);
    assert.notEqual((await rp.login(person)).accessToken, '');
  });

  it('revokes all tokens of a user, including those without a session', async () => {
    const { api, person, rp, login } = await aSignedInPerson(app());
    await api.delete(`users/${person.id}/sessions`);
    const fresh = await rp.login(person, offline);

    assertReceipt(await api.post(`users/${person.id}/revoke-tokens`));

    for (const { accessToken, refreshToken } of [login, fresh]) {
      assert.equal(await rp.isActive(accessToken), false);
      assertInvalidGrant(await rp.tryRefresh(refreshToken));
    }
  });

  it('revokes one grant and keeps the session', async () => {
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

  it('requires consent again for the client whose grant was revoked', async () => {
    const { api, person, rp, login } = await aSignedInPerson(app());
    const [grant] = itemsOf(await api.get(`users/${person.id}/grants`));
    await api.delete(`grants/${String(grant?.['id'])}`);

    const page = await login.browser.open((await rp.request()).url);

    assert.ok(page.has('allow'), page.text);
  });

  it('sends a logout token only to the client whose grant was revoked', async () => {
    const api = await createApiClient(app());
    const person = await app().createUser();
    const notified = await app().relyingParty({
      backchannel_logout_uri: 'https://rp.example/logout',
    });
    const login = await notified.login(person, offline);
    const otherClient = await app().relyingParty({
      backchannel_logout_uri: 'https://other.example/logout',
    });
    await otherClient.login(person, offline, login.browser);
    const grants = itemsOf(await api.get(`users/${person.id}/grants`));
    const grant = grants.find((each) => each['client_id'] === notified.app.clientId);

    const answer = await api.delete(`grants/${String(grant?.['id'])}`);

    assert.equal(countOf(answer, 'logout_notices'), 1);
  });
});

describeOnEachArrangement(
  'blocking and revocation of clients through the management API',
  (app) => {
    it('blocks and unblocks a client, whose grants remain revoked', async () => {
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

    it('revokes all grants of a client', async () => {
      const { api, rp, login } = await aSignedInPerson(app());

      assertReceipt(await api.delete(`clients/${rp.app.clientId}/grants`));

      assert.equal(await rp.isActive(login.accessToken), false);
      assertInvalidGrant(await rp.tryRefresh(login.refreshToken));
      assert.equal((await api.delete('clients/nobody/grants')).status, 404);
    });

    it('revokes the sessions and tokens of all users and of the caller', async (t) => {
      const clock = holdClock(t);
      const { api, person, rp, login } = await aSignedInPerson(app());

      const answer = await api.post('sign-everyone-out');

      assertReceipt(answer);
      assert.equal(await rp.isActive(login.accessToken), false);
      assertInvalidGrant(await rp.tryRefresh(login.refreshToken));
      assert.equal((await api.get('audit')).status, 401);
      assert.equal((await login.browser.open(`${app().issuer}/auth/account`)).has('sign-in'), true);
      // Tokens issued in the same second as the not-before time are treated as older than it.
      clock.advance(1);
      assert.notEqual((await rp.login(person)).accessToken, '');
    });
  },
);

async function aSignedInPerson(app: TestApp) {
  const api = await createApiClient(app);
  const person = await app.createUser();
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
