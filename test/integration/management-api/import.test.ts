// Import of users through the management API.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { createApiClient } from '#test/support/actors/api-client.ts';
import { describeApp } from '#test/support/app.ts';
import { eventsOf } from '#test/support/steps/panel.ts';

/** A bcrypt hash. */
const hash = `$2b$10$${'a'.repeat(22)}${'b'.repeat(31)}`;

describeApp('the import in the management API', {}, (app) => {
  it('creates users, leaves existing ones unchanged and explains what it refuses', async () => {
    const api = await createApiClient(app(), ['users:read', 'users:write']);
    const existing = await app().createUser();
    const id = crypto.randomUUID();
    const users = [
      {
        id,
        email: 'mary@shop.example',
        email_verified: true,
        claims: { name: 'Mary' },
        password: { hash },
      },
      { email: existing.email },
      { email: 'MARY@shop.example' },
      { email: 'bob@shop.example', admin: true },
      { id, email: 'eve@shop.example' },
    ];

    const first = await api.call('POST', 'users/import', { body: { users } });
    const second = await api.call('POST', 'users/import', { body: { users: users.slice(0, 1) } });

    const outcomes = (body: Record<string, unknown>) =>
      (body['results'] as { outcome: string }[]).map(({ outcome }) => outcome);
    assert.equal(first.status, 200);
    assert.deepEqual(outcomes(first.body), ['imported', 'exists', 'refused', 'refused', 'refused']);
    assert.match(JSON.stringify(first.body), /admin.+ is no member of a record/);
    assert.deepEqual(outcomes(second.body), ['exists']);
    const shown = await api.get(`users/${id}`);
    assert.equal(shown.body['email'], 'mary@shop.example');
    const [event] = await eventsOf(app(), { userId: id });
    assert.equal(event?.event, 'user.registered');
    assert.equal(event?.actorKind, 'client');
    assert.equal(event?.details['import'], first.body['import']);
  });

  it('is refused without the scope, for an empty list and for too many records', async () => {
    const reader = await createApiClient(app(), ['users:read']);
    const api = await createApiClient(app(), ['users:write']);
    const many = Array.from({ length: 101 }, (_, n) => ({ email: `user${n}@shop.example` }));

    const answers = [
      await reader.call('POST', 'users/import', { body: { users: [{ email: 'x@shop.example' }] } }),
      await api.call('POST', 'users/import', { body: { users: [] } }),
      await api.call('POST', 'users/import', { body: { users: many } }),
    ];

    assert.deepEqual(
      answers.map(({ status }) => status),
      [403, 400, 400],
    );
  });
});
