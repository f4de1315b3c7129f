// Linked identities in the management API.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createApiClient } from '#test/support/actors/api-client.ts';
import { signInUpstream, startAppWithProviders } from '#test/support/steps/federation.ts';

describe('the linked identities of a user in the management API', () => {
  it('can be listed and removed only with the required scope and below their user', async (t) => {
    const { app, other } = await startAppWithProviders(t);
    const browser = app.browser();
    const asked = await signInUpstream(browser, await browser.open('/auth/sign-in'), other);
    await asked.press('register');
    const [row]: { id: string; user_id: string }[] = await app.services.db.knex('identities');
    const { id = '', user_id: userId = '' } = row ?? {};
    const otherUser = await app.createUser();
    const api = await createApiClient(app, ['users:read', 'users:write']);
    const reader = await createApiClient(app, ['users:read']);

    const shown = await api.get(`users/${userId}/identities`);
    const narrow = await reader.call('DELETE', `users/${userId}/identities/${id}`);
    const foreign = await api.call('DELETE', `users/${otherUser.id}/identities/${id}`);
    const odd = await api.call('DELETE', `users/${userId}/identities/1`);
    const gone = await api.call('DELETE', `users/${userId}/identities/${id}`);
    const twice = await api.call('DELETE', `users/${userId}/identities/${id}`);

    const [item] = shown.body['items'] as Record<string, unknown>[]; // Asserted to be a list below.
    assert.deepEqual(
      [item?.['provider'], item?.['issuer'], item?.['subject'], item?.['email']],
      ['google', other.issuer, other.state.person.sub, other.state.person.email],
    );
    assert.deepEqual(
      [narrow, foreign, odd, gone, twice].map(({ status }) => status),
      [403, 404, 404, 200, 404],
    );
    assert.deepEqual((await api.get(`users/${userId}/identities`)).body['items'], []);
  });
});
