// client access and resource --require-permission: output, audit, and what they refuse.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp } from '#test/support/app.ts';
import { createCommandRunner } from '#test/support/cli/in-process.ts';

describeApp('client access', {}, (app) => {
  it('shows and changes who may sign in, with an audit entry for each change', async () => {
    const { done, run } = createCommandRunner(app().services);
    const { clientId } = await app().createClient();
    await done(['role', 'create', 'visitor']);
    const group = await done(['group', 'create', 'Friends', '--json']);

    const open = await done(['client', 'access', clientId]);
    const limited = await done([
      'client',
      'access',
      clientId,
      '--json',
      '--allow-role',
      'visitor',
      '--allow-group',
      'Friends',
    ]);
    const closed = await done([
      'client',
      'access',
      clientId,
      '--disallow-role',
      'visitor',
      '--disallow-group',
      'Friends',
    ]);
    const reopened = await done(['client', 'access', clientId, '--everyone', '--json']);
    const both = await run(['client', 'access', clientId, '--everyone', '--allow-role', 'visitor']);
    const unknown = await run(['client', 'access', clientId, '--allow-group', 'Unknown']);
    const missing = await run(['client', 'access', 'no-such-client']);

    assert.equal(open.out, 'Every user may sign in to this client.\n');
    assert.deepEqual(limited.json(), {
      client_id: clientId,
      everyone: false,
      roles: ['visitor'],
      groups: [group.json()['id']],
      organizations: [],
    });
    assert.match(closed.out, /^No user may sign in to this client\./);
    assert.equal(reopened.json()['everyone'], true);
    assert.deepEqual([both.exitCode, missing.exitCode], [2, 3]);
    assert.match(unknown.err, /There is no group "Unknown"/);
    const events = await app()
      .services.db.knex('audit_events')
      .where({ client_id: clientId, event: 'client.access_changed' });
    assert.equal(events.length, 3);
  });
});

describeApp('resource --require-permission', {}, (app) => {
  it('is shown, changed and kept by other changes', async () => {
    const { done } = createCommandRunner(app().services);
    const options = ['--scopes', 'read', '--format', 'opaque'];
    const audience = 'https://permissions.example/';

    const created = await done([
      'resource',
      'create',
      '--audience',
      audience,
      ...options,
      '--json',
    ]);
    const required = await done(['resource', 'update', audience, '--require-permission', 'true']);
    const kept = await done(['resource', 'update', audience, '--scopes', 'read write', '--json']);

    assert.equal(created.json()['requires_permission'], false);
    assert.match(required.out, /requires_permission +true/);
    assert.equal(kept.json()['requires_permission'], true);
  });
});

describeApp('resource --revocable', {}, (app) => {
  it('lists the JWTs of an API in a status list, and is refused for opaque tokens', async () => {
    const { run, done } = createCommandRunner(app().services);
    const audience = 'https://revocable.example/';
    const options = ['--audience', audience, '--scopes', 'read', '--revocable', 'true'];

    const opaque = await run(['resource', 'create', ...options, '--format', 'opaque']);
    const created = await done(['resource', 'create', ...options, '--format', 'jwt', '--json']);
    const changed = await run(['resource', 'update', audience, '--format', 'opaque']);
    const off = ['--format', 'opaque', '--revocable', 'false', '--json'];
    const both = await done(['resource', 'update', audience, ...off]);

    assert.match(opaque.err, /Only JWTs need to be revocable/);
    assert.equal(created.json()['revocable'], true);
    assert.match(changed.err, /Only JWTs need to be revocable/);
    assert.deepEqual(
      [both.json()['access_token_format'], both.json()['revocable']],
      ['opaque', false],
    );
  });
});
