// Administrators with fewer rights: an auditor reads everything and changes nothing, and a limited
// administrator cannot act on users and clients with more rights.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { commandLine } from '#core/revocation/commands/format-receipt.ts';
import { describeApp } from '#test/support/app.ts';
import { holdClock } from '#test/support/clock.ts';
import { seed, signInLimited, signInToPanel } from '#test/support/steps/panel.ts';

describeApp('an auditor in the panel', {}, (app) => {
  it('sees every page, without buttons for changes', async () => {
    const { busy, clientId } = await seed(app());
    const auditor = await signInToPanel(app(), 'auditor');

    for (const path of [
      '',
      '/users',
      `/users/${busy.id}`,
      '/sessions',
      '/clients',
      `/clients/${clientId}`,
      '/resources',
      '/audit',
      '/outbox',
      '/keys',
      '/settings',
    ]) {
      const page = await auditor.open(path);
      assert.equal(page.status, 200, `${path} ${page.text}`);
      assert.doesNotMatch(page.html, /id="(?:act-|new-|invite|sign-everyone-out|retry)/, path);
      assert.match(page.text, /Read only/, path);
    }
  });

  it('sees which jobs failed, but cannot retry them', async () => {
    const { knex } = app().services.db;
    await app().block((await app().createUser()).id);
    await knex('outbox').update({ dead_at: new Date(), last_error: 'refused' });
    const auditor = await signInToPanel(app(), 'auditor');

    const page = await auditor.open('/outbox');

    assert.match(page.text, /failed/);
    assert.equal(page.has('retry-all'), false);
    assert.doesNotMatch(page.html, /outbox\/retry/);
  });

  it('is refused by the server when it tries to change something', async () => {
    const { busy } = await seed(app());
    const auditor = await signInToPanel(app(), 'auditor');

    for (const path of [
      `/users/${busy.id}/block`,
      `/users/${busy.id}/roles`,
      '/users/new',
      '/clients/new/web',
      '/sessions/everyone',
      '/resources/new',
      '/outbox/retry/all',
    ]) {
      const page = await auditor.open(path);
      assert.deepEqual([page.status, page.heading], [403, 'Not permitted'], path);
    }
  });
});

describeApp('a limited administrator in the panel', {}, (app) => {
  it('sees the pages that the role permits', async () => {
    const helper = await signInLimited(app(), 'helpdesk', ['users:read', 'users:write']);

    assert.equal((await helper.open('/users')).heading, 'Users');
    assert.equal((await helper.open('/clients')).status, 403);
    assert.doesNotMatch((await helper.open('/users')).html, /href="\/auth\/admin\/clients"/);
  });

  it('needs the scopes of the outbox for its page, and no others', async () => {
    const outbox = await signInLimited(app(), 'postmaster', ['outbox:read', 'outbox:write']);
    const other = await signInLimited(app(), 'reviewer', ['audit:read', 'users:write']);

    assert.equal((await outbox.open('/outbox')).heading, 'Outbox');
    assert.equal((await outbox.open('/outbox/retry/all')).has('submit'), true);
    for (const path of ['/outbox', '/outbox/retry/all']) {
      assert.equal((await other.open(path)).status, 403, path);
    }
  });

  it('cannot act on a user with more rights', async () => {
    const helper = await signInLimited(app(), 'support', ['users:read', 'users:write']);
    const admin = await app().createUser();
    await app().services.roleAdministration.grant(admin.id, 'admin', commandLine);
    const other = await app().createUser();

    const block = await helper.open(`/users/${admin.id}/block`);
    const refused = await block.press('submit', { reason: 'A takeover' });
    const edit = await helper.open(`/users/${admin.id}/edit`);
    const kept = await edit.press('submit', { email: 'mine@example.org', reason: 'A takeover' });
    const allowed = await helper.open(`/users/${other.id}/block`);
    const done = await allowed.press('submit', { reason: 'Spam' });

    assert.deepEqual([refused.status, kept.status], [403, 403]);
    assert.match(done.heading, /is blocked/);
    const found = await app().services.users.findById(admin.id);
    assert.deepEqual([found?.blockedAt, found?.email], [undefined, admin.email]);
  });

  it('cannot grant a role with more rights', async () => {
    const scopes = ['users:read', 'users:write', 'roles:read', 'roles:write'];
    const helper = await signInLimited(app(), 'granter', scopes);

    const form = await helper.open(`/users/${helper.id}/roles`);
    const refused = await form.press('submit', { 'role-admin': 'on', reason: 'Promotion' });

    assert.equal(refused.status, 403);
    assert.deepEqual((await app().services.users.findById(helper.id))?.roles, ['granter']);
  });

  it('cannot register a client with rights that it lacks, nor learn the secret of one', async () => {
    const helper = await signInLimited(app(), 'apps', ['clients:read', 'clients:write']);
    const rp = await app().relyingParty({
      auth: 'client_secret_basic',
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
      scope: 'users:write',
    });

    const create = await helper.open('/clients/new/service');
    const refused = await create.press('submit', { name: 'Mine', scope: 'users:write' });
    const rotate = await helper.open(`/clients/${rp.app.clientId}/secret`);
    const kept = await rotate.press('submit', { reason: 'A takeover' });

    assert.deepEqual([refused.status, kept.status], [403, 403]);
    assert.equal(kept.has('client-secret'), false);
  });

  it('gets a right that is granted meanwhile with the next token', async (t) => {
    const user = await signInToPanel(app(), 'none');
    assert.equal((await user.open('/users')).status, 403);
    const clock = holdClock(t);

    await app().services.roleAdministration.grant(user.id, 'admin', commandLine);
    clock.advance(16);

    assert.equal((await user.open('/users')).heading, 'Users');
  });
});
