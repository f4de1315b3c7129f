// Limited administrators: a caller with some scopes cannot obtain others by way of a client or a
// user that has them.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createApiClient, itemsOf } from '#test/support/actors/api-client.ts';
import { describeApp, type TestApp } from '#test/support/app.ts';
import { anAdministrator } from '#test/support/steps/administrators.ts';

const service = { grant_types: ['client_credentials'], response_types: [], redirect_uris: [] };

describeApp('a limited administrator', {}, (app) => {
  it('cannot register a client with scopes that it lacks', async () => {
    const limited = await createApiClient(app(), ['clients:read', 'clients:write']);

    for (const scope of ['users:write', 'clients:read audit:read', 'global_token_revocation']) {
      const made = await limited.post('clients', { ...service, scope });
      assert.deepEqual([made.status, made.body['code']], [403, 'forbidden'], scope);
    }
    const equal = await limited.post('clients', { ...service, scope: 'clients:read' });
    const plain = await limited.post('clients', { ...service, scope: 'openid orders' });
    assert.deepEqual([equal.status, plain.status], [201, 201]);
  });

  it('cannot change a client that has more scopes, or give one more', async () => {
    const limited = await createApiClient(app(), ['clients:read', 'clients:write']);
    const higher = await createApiClient(app(), ['users:read', 'clients:read']);
    const path = `clients/${higher.rp.app.clientId}`;
    const own = `clients/${limited.rp.app.clientId}`;
    const match = { 'if-match': '*' };

    const refused = [
      await limited.call('PATCH', path, { body: { client_name: 'x' }, headers: match }),
      await limited.call('PATCH', path, { body: { scope: 'clients:read' }, headers: match }),
      await limited.call('PUT', path, { body: service, headers: match }),
      await limited.call('PATCH', own, { body: { scope: 'users:read' }, headers: match }),
      await limited.post(`${path}/rotate-secret`),
      await limited.post(`${path}/block`),
      await limited.post(`${path}/unblock`),
      await limited.delete(path),
    ];

    assert.deepEqual(
      refused.map(({ status, body }) => [status, body['code']]),
      refused.map(() => [403, 'forbidden']),
    );
    assert.equal((await higher.get('users')).status, 200);
    const auditor = await createApiClient(app(), ['audit:read']);
    const found = await auditor.get('audit', { event: 'api.refused' });
    assert.ok(itemsOf(found).some(({ details }) => Object(details).code === 'forbidden'));
  });

  it('cannot give rights to another one when both act at once', async () => {
    const scopes = ['clients:read', 'clients:write'];
    const [one, two] = [
      await createApiClient(app(), [...scopes, 'users:read']),
      await createApiClient(app(), [...scopes, 'audit:read']),
    ];
    const give = (from: typeof one, to: typeof one, scope: string) =>
      from.call('PATCH', `clients/${to.rp.app.clientId}`, {
        body: { scope: [...scopes, scope].join(' ') },
        headers: { 'if-match': '*' },
      });

    const answers = await Promise.all([
      give(one, two, 'users:read'),
      give(two, one, 'audit:read'),
      give(one, one, 'audit:read'),
      give(two, two, 'users:read'),
    ]);

    assert.deepEqual(
      answers.map(({ status }) => status),
      [403, 403, 403, 403],
    );
  });

  it('cannot change an administrator, whom an administrator can change', async () => {
    const limited = await createApiClient(app(), ['users:read', 'users:write', 'sessions:write']);
    const full = await createApiClient(app());
    const { id } = await anAdmin(app());
    const path = `users/${id}`;
    const body = { email: 'taken-over@example.org' };
    const headers = { 'if-match': '*' };

    const refused = [
      await limited.call('PATCH', path, { body, headers }),
      await limited.post(`${path}/block`, { reason: 'x' }),
      await limited.post(`${path}/unblock`),
      await limited.post(`${path}/revoke-tokens`),
      await limited.post(`${path}/send-recovery-mail`),
      await limited.delete(`${path}/sessions`),
      await limited.delete(`${path}/credentials/password`),
      await limited.delete(`${path}/credentials/second-factor`),
      await limited.delete(path),
    ];

    assert.deepEqual(
      refused.map(({ status, body: problem }) => [status, problem['code']]),
      refused.map(() => [403, 'forbidden']),
    );
    const changed = await full.call('PATCH', path, { body: { name: 'Chief' }, headers });
    assert.equal(changed.status, 200, changed.text);
    const person = await anAdministrator(app(), ['admin']);
    const byPerson = await person.api.call('PATCH', path, { body: { name: 'Boss' }, headers });
    assert.equal(byPerson.status, 200, byPerson.text);
  });
});

async function anAdmin(app: TestApp) {
  const person = await app.createUser();
  await app.services.roles.grant(person.id, 'admin', app.services.now());
  return person;
}
