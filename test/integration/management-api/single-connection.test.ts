// Changes whose transaction reads more than it changes, on the embedded database too, which has a
// single connection: a read beside the transaction would wait for it until the deadline.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createApiClient } from '#test/support/actors/api-client.ts';
import { describeOnEachArrangement } from '#test/support/app.ts';

describeOnEachArrangement('a change by the management API', (app) => {
  it('of a user is made in its transaction alone', async () => {
    const api = await createApiClient(app());
    const { id } = await app().createUser();
    const headers = { 'if-match': (await api.get(`users/${id}`)).headers.get('etag') ?? '' };

    const changed = await api.call('PATCH', `users/${id}`, { body: { name: 'Ann Berg' }, headers });

    assert.equal(changed.status, 200, changed.text);
    assert.match(changed.text, /Ann Berg/);
  });

  it('of the permissions of a role is made in its transaction alone', async () => {
    const api = await createApiClient(app());
    const audience = 'https://orders.example/single';
    await api.post('resources', { audience, scopes: ['order'] });
    await api.post('roles', { name: 'buyer' });

    const added = await api.post('roles/buyer/permissions', { audience, scopes: ['order'] });

    assert.equal(added.status, 200, added.text);
  });
});
