// Management of a registration by its client (RFC 7592): reading, changes with a new token, deletion, and the
// use of a stolen or replaced token.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp, type TestApp } from '#test/support/app.ts';
import { createCommandRunner } from '#test/support/cli/in-process.ts';
import { assertInvalidGrant, offline } from '#test/support/data/outcomes.ts';
import {
  createRegistrationClient,
  identityOf,
  webClient,
} from '#test/support/steps/client-registration.ts';

const options = { settings: { CLIENT_REGISTRATION: 'open' } };
const refreshing = { ...webClient, grant_types: ['authorization_code', 'refresh_token'] };

describeApp('a dynamic registration', options, (app) => {
  it('is read without its secret', async () => {
    const client = createRegistrationClient(app());
    const { body } = await client.register(webClient);

    const read = await client.read(body);

    const { client_secret: _, client_secret_expires_at: __, ...shown } = body;
    assert.deepEqual([read.status, read.body], [200, shown]);
    assert.equal(read.headers.get('cache-control'), 'no-store');
  });

  it('is replaced, with a new token and the old one refused', async () => {
    const client = createRegistrationClient(app());
    const { body } = await client.register({ ...webClient, contacts: ['a@example.com'] });
    const { client_secret: secret } = body;

    const changed = await client.update(body, {
      ...webClient,
      client_secret: secret,
      client_name: 'Wiki 2',
    });

    assert.equal(changed.status, 200, JSON.stringify(changed.body));
    assert.deepEqual(
      [changed.body['client_name'], changed.body['contacts']],
      ['Wiki 2', undefined],
    );
    assert.equal('client_secret' in changed.body, false);
    const replaced = await client.read(body);
    assert.deepEqual([replaced.status, replaced.body['error']], [401, 'invalid_token']);
    assert.match(replaced.headers.get('www-authenticate') ?? '', /^Bearer .*error="invalid_token"/);
    assert.equal((await client.read(changed.body)).body['client_name'], 'Wiki 2');
  });

  it('is changed once by requests at the same time with one token', async () => {
    const client = createRegistrationClient(app());
    const { body } = await client.register(webClient);

    const answers = await Promise.all(
      ['a', 'b', 'c'].map((name) => client.update(body, { ...webClient, client_name: name })),
    );

    const done = answers.filter(({ status }) => status === 200);
    assert.equal(done.length, 1, JSON.stringify(answers.map(({ status }) => status)));
    assert.equal((await client.read(done[0]?.body ?? {})).status, 200);
  });

  it('gets a secret when the method begins to need one, and loses it when it does not', async () => {
    const client = createRegistrationClient(app());
    const { body } = await client.register({ ...webClient, token_endpoint_auth_method: 'none' });
    assert.equal('client_secret' in body, false);

    const confidential = await client.update(body, webClient);
    const { client_secret: secret } = confidential.body;
    const method = { token_endpoint_auth_method: 'none' };
    const open = await client.update(confidential.body, { ...webClient, ...method });

    assert.equal(String(secret).length, 43);
    assert.equal(open.status, 200);
    const stored = await app().services.clientStore.find(String(body['client_id']));
    assert.equal(stored?.secretHash, undefined);
  });

  it('revokes what was issued when it loses a scope', async () => {
    const client = createRegistrationClient(app());
    const answer = await client.register(refreshing);
    const rp = await app().relyingPartyOf(identityOf(answer));
    const login = await rp.login(await app().createUser(), offline);

    await client.update(answer.body, { ...refreshing, scope: 'openid offline_access' });

    assertInvalidGrant(await rp.tryRefresh(login.refreshToken));
  });

  it('keeps what operators have set, and cannot set it itself', async () => {
    const client = createRegistrationClient(app());
    const { body } = await client.register(webClient);
    const { done } = createCommandRunner(app().services);
    const set = { scope: 'openid files:read', theme: { accent: '#0b5c3e' } };
    const id = String(body['client_id']);
    await done(['client', 'update', id, '--metadata', '-'], JSON.stringify(set));

    const changed = await client.update(body, {
      ...webClient,
      scope: 'openid files:read',
      theme: { accent: '#ffffff' },
      first_party: true,
    });

    assert.equal(changed.body['scope'], 'openid files:read', JSON.stringify(changed.body));
    const stored = await app().services.clientStore.find(id);
    assert.deepEqual(stored?.metadata['theme'], set.theme);
    assert.equal(stored?.firstParty, false);
  });

  it('is refused with another id, secret or members of the server', async () => {
    const client = createRegistrationClient(app());
    const { body } = await client.register(webClient);

    for (const members of [
      { client_id: 'other' },
      { client_id: undefined },
      { client_secret: 'wrong' },
      { client_secret: 7 },
      { registration_access_token: 'x' },
      { registration_client_uri: 'https://wiki.example' },
      { client_id_issued_at: 1 },
      { client_secret_expires_at: 0 },
      { redirect_uris: ['javascript:alert(1)'] },
    ]) {
      const answer = await client.update(body, { ...webClient, ...members });
      assert.equal(answer.status, 400, JSON.stringify(members));
    }
    assert.equal((await client.read(body)).status, 200, 'nothing was changed');
  });

  it('is deleted together with everything that was issued to the client', async () => {
    const client = createRegistrationClient(app());
    const answer = await client.register(refreshing);
    const rp = await app().relyingPartyOf(identityOf(answer));
    const login = await rp.login(await app().createUser(), offline);

    const removed = await client.remove(answer.body);

    assert.deepEqual([removed.status, removed.body], [204, {}]);
    assert.equal((await client.read(answer.body)).status, 401);
    assert.equal((await rp.tryRefresh(login.refreshToken)).status, 401);
    assert.equal((await rp.tryUserinfo(login.accessToken)).status, 401);
  });

  it('is refused with the token of another client, without a token, and for a client of an operator', async () => {
    const client = createRegistrationClient(app());
    const { body } = await client.register(webClient);
    const { body: other } = await client.register(webClient);
    const registered = await app().createClient();
    const url = `${app().issuer}/oauth2/register`;
    const ofOperator = { registration_client_uri: `${url}/${registered.clientId}` };

    for (const answer of [
      await client.read(body, other['registration_access_token']),
      await client.read(body, ''),
      await client.read(ofOperator, body['registration_access_token']),
      await client.update(body, webClient, 'ost_rat_forged'),
      await client.remove(body, other['registration_access_token']),
      await client.read({ registration_client_uri: `${url}/unknown` }, 'x'),
    ]) {
      assert.deepEqual([answer.status, answer.body['error']], [401, 'invalid_token']);
    }
    assert.equal((await client.read(body)).status, 200);
  });

  it('cannot be used to revive a blocked client', async () => {
    const client = createRegistrationClient(app());
    const { body } = await client.register(webClient);
    const id = String(body['client_id']);
    await app().services.blocking.blockClient(id, { kind: 'operator' });

    const answers = [
      await client.read(body),
      await client.update(body, webClient),
      await client.remove(body),
    ];

    for (const { status } of answers) assert.equal(status, 401);
    assert.ok((await app().services.clientStore.find(id))?.disabledAt);
  });

  it('deletes a client by an operator, and the token with it', async () => {
    const client = createRegistrationClient(app());
    const { body } = await client.register(webClient);
    const { done } = createCommandRunner(app().services);

    await done(['client', 'delete', String(body['client_id']), '--yes']);

    assert.equal((await client.read(body)).status, 401);
  });
});

describeApp('the cleanup of unused clients', options, (app) => {
  it('deletes those that no user has used for 30 days, and records why', async () => {
    const client = createRegistrationClient(app());
    const [unused, used, blocked, young] = await Promise.all(
      [1, 2, 3, 4].map(() => client.register(webClient)),
    );
    assert.ok(unused && used && blocked && young);
    const rp = await app().relyingPartyOf(identityOf(used));
    await rp.login(await app().createUser());
    await app().services.blocking.blockClient(idOf(blocked), { kind: 'operator' });
    await age(app(), [unused, used, blocked].map(idOf));
    const byOperator = await app().createClient();
    await age(app(), [byOperator.clientId]);

    assert.equal(await app().services.unusedClients.removeDue(), 1);
    assert.equal(await app().services.unusedClients.removeDue(), 0);

    const { clientStore, db } = app().services;
    assert.equal(await clientStore.find(idOf(unused)), undefined);
    for (const kept of [idOf(used), idOf(blocked), idOf(young), byOperator.clientId]) {
      assert.ok(await clientStore.find(kept));
    }
    const [entry] = await db
      .knex('audit_events')
      .where({ client_id: idOf(unused), event: 'client.deleted' });
    assert.deepEqual([entry.actor_kind, entry.details.reason], ['system', 'unused']);
  });
});

function idOf({ body }: { body: Readonly<Record<string, unknown>> }): string {
  return String(body['client_id']);
}

async function age({ services }: TestApp, ids: readonly string[]): Promise<void> {
  const created_at = new Date(Date.now() - 31 * 24 * 60 * 60 * 1000);
  await services.db.knex('clients').whereIn('client_id', ids).update({ created_at });
}
