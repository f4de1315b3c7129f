// Linked accounts through the REST interface.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createApiClient } from '#test/roles/api-client.ts';
import { goThrough, startAppWithOthers } from '#test/roles/with-others.ts';

describe('linked accounts through the REST interface', () => {
  it('are shown and taken away, and belong to one person', async (t) => {
    const { app, other } = await startAppWithOthers(t);
    const browser = app.browser();
    const asked = await goThrough(browser, await browser.open('/auth/sign-in'), other);
    await asked.press('register');
    const [row]: { id: string; user_id: string }[] = await app.installation.db.knex('identities');
    const { id = '', user_id: userId = '' } = row ?? {};
    const somebody = await app.aPerson();
    const api = await createApiClient(app, ['users:read', 'users:write']);
    const reader = await createApiClient(app, ['users:read']);

    const shown = await api.get(`users/${userId}/identities`);
    const narrow = await reader.call('DELETE', `users/${userId}/identities/${id}`);
    const foreign = await api.call('DELETE', `users/${somebody.id}/identities/${id}`);
    const odd = await api.call('DELETE', `users/${userId}/identities/1`);
    const gone = await api.call('DELETE', `users/${userId}/identities/${id}`);
    const twice = await api.call('DELETE', `users/${userId}/identities/${id}`);

    const [item] = shown.body['items'] as Record<string, unknown>[]; // a list, as asserted next
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
