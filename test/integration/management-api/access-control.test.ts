// Roles, groups, organizations and access rules in the management API.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp } from '#test/support/app.ts';
import { createApiClient, type ApiAnswer } from '#test/support/actors/api-client.ts';

describeApp('roles in the management API', {}, (app) => {
  it('are created, shown, changed, listed page by page and deleted', async () => {
    const api = await createApiClient(app());
    const { clientId } = await app().createClient();
    const { audience } = await app().createApi({ scopes: ['read'] });
    const permission = { audience, scopes: ['read'] };

    const created = await api.post('roles', { name: 'editor', description: 'Edits' });
    const own = await api.post('roles', { name: 'buyer', client_id: clientId });
    const granting = await api.post('roles/editor/permissions', permission);
    const renamed = await api.call('PUT', 'roles/editor', { body: { description: null } });
    const first = await api.get('roles', { limit: '2' });
    const next = await api.get('roles', { limit: '2', cursor: String(first.body['next_cursor']) });
    const poorer = await api.call('DELETE', 'roles/editor/permissions', { body: permission });
    const ownId = encodeURIComponent(String(own.body['id']));
    const deleted = await api.delete(`roles/${ownId}`);
    const again = await api.get(`roles/${ownId}`);

    assert.equal(created.body['id'], 'editor');
    assert.equal(own.body['id'], `${clientId}:buyer`);
    assert.deepEqual(granting.body['permissions'], [permission]);
    assert.equal(renamed.body['description'], null);
    const ids = [...itemsOf(first), ...itemsOf(next)].map(({ id }) => id);
    assert.deepEqual(new Set(ids), new Set(['admin', 'auditor', 'editor', own.body['id']]));
    assert.deepEqual(poorer.body['permissions'], []);
    assert.deepEqual([deleted.status, again.status], [200, 404]);
  });

  it('are assigned to users once and withdrawn', async () => {
    const api = await createApiClient(app());
    const { id } = await app().createUser();
    await api.post('roles', { name: 'author' });

    const first = await api.post(`users/${id}/roles`, { role: 'author' });
    const second = await api.post(`users/${id}/roles`, { role: 'author' });
    const listed = await api.get(`users/${id}/roles`);
    const withdrawn = await api.delete(`users/${id}/roles/author`);
    const unknown = await api.post(`users/${id}/roles`, { role: 'unknown' });
    const withoutUser = await api.post(`users/${crypto.randomUUID()}/roles`, { role: 'author' });

    for (const answer of [first, second, listed]) {
      assert.deepEqual(answer.body['roles'], ['author']);
    }
    assert.deepEqual(withdrawn.body['roles'], []);
    assert.deepEqual([unknown.status, unknown.body['code']], [404, 'not_found']);
    assert.deepEqual([withoutUser.status, withoutUser.body['code']], [404, 'user_not_found']);
  });

  it('refuse unknown members, built-in roles, and names that no claim could contain', async () => {
    const api = await createApiClient(app());
    const statuses = await Promise.all([
      api.post('roles', { name: 'x', id: 'admin' }),
      api.post('roles', { name: 'With Spaces' }),
      api.post('roles', { name: 'admin' }),
      api.delete('roles/admin'),
      api.post('roles', { name: 'x', client_id: 'unknown' }),
    ]);

    assert.deepEqual(
      statuses.map(({ status }) => status),
      [400, 400, 409, 409, 404],
    );
  });
});

describeApp('groups and organizations in the management API', {}, (app) => {
  it('have members and roles', async () => {
    const api = await createApiClient(app());
    const { id: userId } = await app().createUser();
    await api.post('roles', { name: 'seller' });
    const group = await api.post('groups', { name: 'Sales' });
    const path = `groups/${String(group.body['id'])}`;

    const added = await api.post(`${path}/members`, { user_id: userId });
    const carrying = await api.post(`${path}/roles`, { role: 'seller' });
    const members = await api.get(`${path}/members`);
    const body = { name: 'Sales 2', description: 'Sells' };
    const updated = await api.call('PUT', path, { body });
    const bare = await api.delete(`${path}/roles/seller`);
    const empty = await api.delete(`${path}/members/${userId}`);
    const listed = await api.get('groups');
    const deleted = await api.delete(path);

    assert.equal(added.body['member_count'], 1);
    assert.deepEqual(carrying.body['roles'], ['seller']);
    assert.deepEqual(itemsOf(members)[0]?.['user_id'], userId);
    assert.equal(updated.body['name'], 'Sales 2');
    assert.deepEqual([bare.body['roles'], empty.body['member_count']], [[], 0]);
    assert.equal(itemsOf(listed).length, 1);
    assert.deepEqual([deleted.status, (await api.get(path)).status], [200, 404]);
  });

  it('have members with roles in the organization', async () => {
    const api = await createApiClient(app());
    const { id: userId } = await app().createUser();
    await api.post('roles', { name: 'manager' });
    const names = { name: 'acme', display_name: 'Acme Ltd.' };
    const organization = await api.post('organizations', names);
    const path = `organizations/${String(organization.body['id'])}`;

    const early = await api.post(`${path}/members/${userId}/roles`, { role: 'manager' });
    await api.post(`${path}/members`, { user_id: userId });
    await api.post(`${path}/members/${userId}/roles`, { role: 'manager' });
    const members = await api.get(`${path}/members`);
    const body = { name: 'acme', display_name: 'Acme' };
    const updated = await api.call('PUT', path, { body });
    await api.delete(`${path}/members/${userId}/roles/manager`);
    const bare = await api.get(`${path}/members`);
    await api.delete(`${path}/members/${userId}`);
    const listed = await api.get('organizations');
    const deleted = await api.delete(path);

    assert.equal(early.status, 404);
    assert.deepEqual(itemsOf(members)[0]?.['roles'], ['manager']);
    assert.deepEqual(itemsOf(bare)[0]?.['roles'], []);
    assert.equal(updated.body['display_name'], 'Acme');
    assert.equal(itemsOf(listed)[0]?.['member_count'], 0);
    assert.deepEqual([deleted.status, (await api.get(path)).status], [200, 404]);
  });
});

describeApp('access rules in the management API', {}, (app) => {
  it('are shown and replaced as a whole', async () => {
    const api = await createApiClient(app());
    const { clientId } = await app().createClient();
    const path = `clients/${clientId}/access`;
    await api.post('roles', { name: 'visitor' });

    const open = await api.get(path);
    const limited = await api.call('PUT', path, { body: { everyone: false, roles: ['visitor'] } });
    const unknown = await api.call('PUT', path, { body: { everyone: false, roles: ['ghost'] } });
    const shown = await api.get(path);
    const reopened = await api.call('PUT', path, { body: { everyone: true } });

    assert.equal(open.body['everyone'], true);
    assert.deepEqual(limited.body, {
      everyone: false,
      roles: ['visitor'],
      groups: [],
      organizations: [],
    });
    assert.equal(unknown.status, 400);
    assert.deepEqual(shown.body, limited.body);
    assert.equal(reopened.body['everyone'], true);
    assert.equal((await api.get('clients/unknown/access')).status, 404);
  });
});

function itemsOf({ body }: ApiAnswer): readonly Record<string, unknown>[] {
  const { items } = body;
  return Array.isArray(items) ? items : [];
}
