// The level of the log by the management API: set for some time, shown, ended, bounded and audited.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createApiClient, itemsOf } from '#test/support/actors/api-client.ts';
import { signInToPanel } from '#test/support/steps/panel.ts';
import { describeApp } from '#test/support/app.ts';

describeApp('the level of the log', { arrangement: 'embedded, memory' }, (app) => {
  it('is set for some time, shown and ended, with entries of the audit log', async () => {
    const api = await createApiClient(app());
    const before = await api.get('logging');

    const set = await api.call('PUT', 'logging', { body: { level: 'debug', seconds: 90 } });
    const during = await api.get('logging');
    const reset = await api.call('DELETE', 'logging');
    const again = await api.call('DELETE', 'logging');

    assert.deepEqual(before.body, { level: 'silent', override: null });
    assert.equal(set.status, 200, set.text);
    assert.deepEqual(during.body, set.body);
    const { set_at, expires_at, ...rest } = Object(set.body['override']);
    assert.deepEqual(rest, { level: 'debug', user_id: null, client_id: null, route: null });
    assert.equal(Date.parse(expires_at) - Date.parse(set_at), 90_000);
    assert.deepEqual([reset.body, again.body], [{ reset: true }, { reset: false }]);
    const [updated] = itemsOf(await api.get('audit', { event: 'logging.updated' }));
    assert.deepEqual(Object(updated)['details'], { level: 'debug', seconds: 90 });
    assert.equal(itemsOf(await api.get('audit', { event: 'logging.reset' })).length, 1);
  });

  it('applies to one user, client or route, which must exist', async () => {
    const api = await createApiClient(app());
    const { id } = await app().createUser();
    const { clientId } = await app().createClient();
    const set = (body: object) => api.call('PUT', 'logging', { body: { level: 'trace', ...body } });

    const user = await set({ user_id: id, seconds: 86_400 });
    const client = await set({ client_id: clientId });
    const route = await set({ route: 'POST /oauth2/*' });
    const nobody = await set({ user_id: '00000000-0000-4000-8000-000000000000' });
    const nothing = await set({ client_id: 'unknown' });

    assert.equal(Object(user.body['override'])['user_id'], id, user.text);
    assert.equal(Object(client.body['override'])['client_id'], clientId, client.text);
    assert.equal(Object(route.body['override'])['route'], 'POST /oauth2/*', route.text);
    assert.deepEqual([nobody.status, nobody.body['code']], [404, 'user_not_found']);
    assert.deepEqual([nothing.status, nothing.body['code']], [404, 'client_not_found']);
    const [entry] = itemsOf(await api.get('audit', { event: 'logging.updated', user_id: id }));
    assert.equal(Object(entry)['user_id'], id);
  });

  it('is refused for too long, for an unknown level and for two filters', async () => {
    const api = await createApiClient(app());
    const set = (body: object) => api.call('PUT', 'logging', { body });

    const long = await set({ level: 'debug', seconds: 3601 });
    const longer = await set({ level: 'debug', seconds: 86_401, route: '/oauth2/token' });
    const unknown = await set({ level: 'error' });
    const two = await set({ level: 'debug', route: '/oauth2/token', client_id: 'x' });

    assert.deepEqual(
      [long.status, longer.status, unknown.status, two.status],
      [400, 400, 400, 400],
    );
    assert.match(long.text, /60 minutes at most/);
  });

  it('disappears with the user that it names', async () => {
    const api = await createApiClient(app());
    const { id } = await app().createUser();
    await api.call('PUT', 'logging', { body: { level: 'debug', user_id: id } });

    await app().services.db.knex('users').where({ id }).delete();

    assert.equal((await api.get('logging')).body['override'], null);
  });

  it('is shown with the settings in the panel', async () => {
    const { logging } = app().services;
    const filter = { by: 'route', value: 'POST /oauth2/token' } as const;
    await logging.set({ level: 'debug', seconds: 600, filter }, { kind: 'operator' });
    const panel = await signInToPanel(app());

    const during = await panel.open('/settings');
    await logging.reset({ kind: 'operator' });
    const after = await panel.open('/settings');

    const sentence = 'Log level is debug for the route POST /oauth2/token, for another 10';
    assert.ok(during.text.includes(sentence), during.text.slice(0, 2000));
    assert.ok(!after.text.includes('Log level is'));
  });
});
