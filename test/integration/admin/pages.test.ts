// The pages and actions of the panel: what they show, what they do, and what the audit log records.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { describeApp, describeOnEachArrangement, type TestApp } from '#test/support/app.ts';
import { seed, signInToPanel } from '#test/support/steps/panel.ts';

async function eventsOf(app: TestApp, filter: { userId?: string; clientId?: string }) {
  const { items } = await app.services.auditSearch.search(filter, {
    after: undefined,
    limit: 50,
  });
  return items;
}

describeOnEachArrangement('every page of the panel', (app) => {
  it('is shown to an administrator', async () => {
    const facts = await seed(app());
    const admin = await signInToPanel(app());

    for (const path of [
      '',
      '/start',
      '/users',
      '/users?q=ann&role=admin',
      '/users?state=blocked',
      '/users/new',
      '/users/invite',
      `/users/${facts.busy.id}`,
      `/users/${facts.busy.id}/edit`,
      `/users/${facts.busy.id}/roles`,
      '/sessions',
      `/sessions/${facts.sessionUid}`,
      `/families/${facts.familyId}`,
      '/clients',
      '/clients/new',
      '/clients/new/service',
      `/clients/${facts.clientId}`,
      `/clients/${facts.clientId}/edit`,
      '/resources',
      '/resources/new',
      '/audit',
      '/audit?event=sign_in.succeeded&from=2020-01-01T00:00',
      '/audit/verify',
      '/outbox',
      '/keys',
      '/settings',
    ]) {
      const page = await admin.open(path);
      assert.equal(page.status, 200, `${path}: ${page.text.slice(0, 300)}`);
      assert.equal(page.html.includes('aria-label="Administration"'), true, path);
    }
  });
});

describeApp('users in the panel', {}, (app) => {
  it('are found by part of the address and listed page by page', async () => {
    const admin = await signInToPanel(app());
    const people = await Promise.all(
      Array.from({ length: 27 }, (_, index) =>
        app().createUser({ email: `paged${String(index).padStart(2, '0')}@example.org` }),
      ),
    );

    const first = await admin.open('/users?q=paged');
    const next = /id="next"[^>]*href="([^"]+)"/.exec(first.html)?.[1]?.replaceAll('&amp;', '&');
    const second = await admin.browser.open(next ?? '');
    const none = await admin.open('/users?q=nobody-at-all');

    const shown = `${first.text} ${second.text}`;
    assert.deepEqual(
      people.filter(({ email }) => !shown.includes(email)),
      [],
    );
    assert.equal(second.has('next'), false);
    assert.match(none.text, /Nobody matches/);
  });

  it('refuses a cursor of another list', async () => {
    const admin = await signInToPanel(app());

    const page = await admin.open(
      '/users?cursor=WyJhIl0.aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
    );

    assert.equal(page.status, 400);
  });

  it('are blocked with a reason and a receipt, and unblocked', async () => {
    const admin = await signInToPanel(app());
    const { busy } = await seed(app());

    const form = await admin.open(`/users/${busy.id}/block`);
    const unexplained = await form.press('submit', { reason: ' ' });
    assert.deepEqual([unexplained.status, unexplained.has('error')], [400, true]);
    const receipt = await form.press('submit', { reason: 'Stolen laptop' });

    assert.match(receipt.text, /Sessions ended 2/);
    assert.match(receipt.text, /Refresh token families revoked 1/);
    const detail = await admin.open(`/users/${busy.id}`);
    assert.match(detail.text, /Blocked since .* Reason: Stolen laptop/);
    const [event] = (await eventsOf(app(), { userId: busy.id })).filter(
      ({ event: name }) => name === 'user.blocked',
    );
    assert.deepEqual([event?.actorKind, event?.actorId], ['user', admin.id]);
    assert.equal(event?.details['reason'], 'Stolen laptop');

    const unblock = await admin.open(`/users/${busy.id}/unblock`);
    const after = await unblock.press('submit', { reason: 'Found again' });
    assert.equal(after.has('notice'), true);
    const events = await eventsOf(app(), { userId: busy.id });
    const unblocked = events.find(({ event: name }) => name === 'user.unblocked');
    assert.equal(unblocked?.details['reason'], 'Found again');
  });

  it('cannot be blocked or deleted by themselves', async () => {
    const admin = await signInToPanel(app());

    const form = await admin.open(`/users/${admin.id}/block`);
    const refused = await form.press('submit', { reason: 'A mistake' });

    assert.deepEqual([refused.status, refused.has('error')], [409, true]);
    assert.equal((await admin.open('/users')).heading, 'Users');
  });

  it('are added with a password, edited, given the role and deleted', async () => {
    const admin = await signInToPanel(app());
    const form = await admin.open('/users/new');
    const weak = await form.press('submit', { email: 'eve@example.org', password: 'short' });
    assert.deepEqual([weak.status, weak.has('error')], [400, true]);

    const password = 'a quiet river at dawn 71';
    const detail = await weak.press('submit', { email: 'eve@example.org', password });
    assert.equal(detail.has('notice'), true, detail.text);
    const id = detail.url.pathname.split('/').at(-1) ?? '';
    const edit = await admin.open(`/users/${id}/edit`);
    const edited = await edit.press('submit', { name: 'Eve Moneypenny' });
    assert.match(edited.heading, /^Eve Moneypenny/);
    const roles = await admin.open(`/users/${id}/roles`);
    const granted = await roles.press('submit', { 'role-admin': 'on', reason: 'New colleague' });
    assert.match(granted.text, /The role is granted/);
    assert.deepEqual((await app().services.users.findById(id))?.roles, ['admin']);

    const remove = await admin.open(`/users/${id}/delete`);
    const wrong = await remove.press('submit', { email: 'other@example.org', reason: 'Left' });
    assert.equal(wrong.status, 400);
    await wrong.press('submit', { email: 'eve@example.org', reason: 'Left' });

    assert.equal(await app().services.users.findById(id), undefined);
    assert.equal((await admin.open(`/users/${id}`)).status, 404);
  });

  it('are invited, with the link shown once', async () => {
    const admin = await signInToPanel(app());

    const form = await admin.open('/users/invite');
    const done = await form.press('submit', { email: 'new.one@example.org' });

    assert.match(done.html, /id="invitation-link"[^>]*>http.*\/auth\/invitation\//);
  });

  it('lose the second factor, and are told', async () => {
    const admin = await signInToPanel(app());
    const person = await app().createUser();

    const form = await admin.open(`/users/${person.id}/second-factor`);
    const refused = await form.press('submit', { reason: 'Lost phone' });

    assert.equal(refused.status, 409);
    assert.match(refused.text, /no second factor/);
  });
});

describeApp('clients in the panel', {}, (app) => {
  it('are registered in two steps, with the secret shown once and a snippet', async () => {
    const admin = await signInToPanel(app());
    const kinds = await admin.open('/clients/new');
    assert.equal(kinds.has('kind-web'), true);

    const form = await admin.open('/clients/new/web');
    const refused = await form.press('submit', { name: 'Tasks', redirect_uris: 'ftp://nothing' });
    assert.equal(refused.status, 400, refused.text);
    const done = await form.press('submit', {
      name: 'Tasks',
      redirect_uris: 'https://tasks.example/cb\r\nhttps://tasks.example/other',
    });

    const [, secret = ''] = /id="client-secret"[^>]*>([^<]+)</.exec(done.html) ?? [];
    const [, id = ''] = /id="client-id"[^>]*>([^<]+)</.exec(done.html) ?? [];
    assert.equal(secret.length, 43);
    assert.ok(done.text.includes(`'${id}'`), 'the snippet names the client');
    const client = await app().services.clientStore.find(id);
    assert.equal(client?.metadata['require_pkce'], true);
    assert.equal(client?.metadata['token_endpoint_auth_method'], 'client_secret_basic');
    assert.deepEqual(client?.metadata['redirect_uris'], [
      'https://tasks.example/cb',
      'https://tasks.example/other',
    ]);
    const [event] = await eventsOf(app(), { clientId: id });
    assert.equal(event?.actorId, admin.id);
    const detail = await admin.open(`/clients/${id}`);
    assert.equal(detail.html.includes(secret), false);
  });

  it('get the defaults of their kind', async () => {
    const admin = await signInToPanel(app());
    const spa = await admin.open('/clients/new/spa');
    const done = await spa.press('submit', { name: 'Notes', redirect_uris: 'https://n.example/' });
    const service = await admin.open('/clients/new/service');
    const second = await service.press('submit', { name: 'Job', scope: 'users:read' });

    assert.equal(done.has('client-secret'), false);
    assert.match(done.text, /oidc-client-ts/);
    assert.equal(second.has('client-secret'), true);
    assert.match(second.text, /client_credentials/);
    assert.equal((await admin.open('/clients/new/other')).status, 404);
  });

  it('are edited, get a new secret, are blocked and deleted', async () => {
    const admin = await signInToPanel(app());
    const rp = await app().relyingParty({ auth: 'client_secret_basic', client_name: 'Tasks' });
    const path = `/clients/${encodeURIComponent(rp.app.clientId)}`;

    const edit = await admin.open(`${path}/edit`);
    const bad = await edit.press('submit', { others: '{', reason: 'A test' });
    assert.equal(bad.status, 400);
    const edited = await edit.press('submit', {
      client_name: 'Chores',
      others: '{"tos_uri":"https://rp.example/terms"}',
      reason: 'Renamed',
    });
    assert.equal(edited.heading.startsWith('Chores'), true, edited.text);
    const secret = await (await admin.open(`${path}/secret`)).press('submit', { reason: 'Leak' });
    assert.equal(secret.has('client-secret'), true);
    const blocked = await (await admin.open(`${path}/block`)).press('submit', { reason: 'Abuse' });
    assert.match(blocked.heading, /is blocked/);
    await (await admin.open(`${path}/unblock`)).press('submit', { reason: 'Settled' });
    await (await admin.open(`${path}/delete`)).press('submit', { reason: 'Retired' });

    assert.equal(await app().services.clientStore.find(rp.app.clientId), undefined);
    const events = await eventsOf(app(), { clientId: rp.app.clientId });
    const reasons = events.flatMap(({ details }) => details['reason'] ?? []);
    assert.deepEqual(reasons, ['Retired', 'Settled', 'Abuse', 'Leak', 'Renamed']);
  });

  it('shows what a client violates', async () => {
    const admin = await signInToPanel(app());
    const rp = await app().relyingParty({
      auth: 'client_secret_basic',
      require_pkce: 'off',
    });

    const page = await admin.open(`/clients/${rp.app.clientId}`);

    assert.match(page.text, /RFC 9700 section 2\.1\.1/);
  });

  it('do not include a way to lose the panel itself', async () => {
    const admin = await signInToPanel(app());

    const detail = await admin.open('/clients/ostiary-panel');
    const form = await admin.open('/clients/ostiary-panel/delete');

    assert.match(detail.text, /built in/);
    assert.equal(detail.has('act-delete'), false);
    assert.equal(form.status, 409);
  });
});

describeApp('the operation of the server in the panel', {}, (app) => {
  it('shows settings without secrets', async () => {
    const admin = await signInToPanel(app());

    const page = await admin.open('/settings');

    assert.match(page.text, /ISSUER/);
    for (const key of app().services.config.cookieKeys) assert.ok(!page.html.includes(key));
    assert.ok(!page.html.includes(process.env['DATABASE_PASSWORD'] ?? '\u0000'));
  });

  it('verifies the audit log', async () => {
    const admin = await signInToPanel(app());

    const page = await (await admin.open('/audit/verify')).press('submit');

    assert.match(page.text, /The audit log is intact/);
  });

  it('retries a failed job', async () => {
    const admin = await signInToPanel(app());
    const { knex } = app().services.db;
    const person = await app().createUser();
    await app().block(person.id);
    await knex('outbox').update({ dead_at: new Date(), last_error: 'refused' });

    const list = await admin.open('/outbox');
    assert.equal(list.has('retry-all'), true);
    const done = await (await admin.open('/outbox/retry/all')).press('submit');

    assert.equal(done.has('notice'), true);
    assert.equal(await knex('outbox').whereNotNull('dead_at').first(), undefined);
  });

  it('adds, changes and deletes an API resource', async () => {
    const admin = await signInToPanel(app());
    const audience = 'https://api.example/v1';
    const form = await admin.open('/resources/new');
    const bad = await form.press('submit', { audience, scopes: 'openid' });
    assert.equal(bad.status, 400);
    await form.press('submit', { audience, scopes: 'read write' });
    const query = new URLSearchParams({ audience }).toString();

    const edit = await admin.open(`/resources/edit?${query}`);
    await edit.press('submit', { scopes: 'read', format: 'jwt', reason: 'Simpler' });
    const changed = await app().services.apiResources.find(audience);
    await (await admin.open(`/resources/delete?${query}`)).press('submit', { reason: 'Gone' });

    assert.deepEqual([changed?.scopes, changed?.accessTokenFormat], [['read'], 'jwt']);
    assert.equal(await app().services.apiResources.find(audience), undefined);
  });

  it('leads the first administrator from the setup link to the first steps', async () => {
    await app().services.db.knex('user_roles').delete();
    const link = (await app().services.setup.issueLink()) ?? '';
    const browser = app().browser();
    const form = await browser.open(link);

    const page = await form.press('register', {
      email: 'first@example.org',
      password: 'a quiet river at dawn 71',
    });

    assert.equal(page.url.pathname, '/auth/admin/start', page.text);
    assert.equal(page.has('step-client'), true);
    const account = await browser.open('/auth/account');
    assert.equal(account.has('admin'), true);
  });

  it('ends every session, also that of the administrator', async () => {
    const admin = await signInToPanel(app());

    const form = await admin.open('/sessions/everyone');
    const done = await form.press('submit', { reason: 'An emergency' });

    assert.match(done.heading, /Everyone is signed out/);
    assert.equal((await admin.open('/users')).has('sign-in'), true);
  });
});
