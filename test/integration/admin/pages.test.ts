// Every page of the panel, and those about the operation of the server.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { asSuperuser } from '#test/support/data/audit-chain.ts';
import { describeApp, describeOnEachArrangement } from '#test/support/app.ts';
import { seed, signInToPanel } from '#test/support/steps/panel.ts';

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
      `/users/${facts.busy.id}/groups`,
      `/users/${facts.busy.id}/organizations`,
      '/roles',
      '/roles/new',
      '/roles/admin',
      '/roles/admin/grant',
      '/groups',
      '/groups/new',
      '/organizations',
      '/organizations/new',
      '/sessions',
      `/sessions/${facts.sessionUid}`,
      `/families/${facts.familyId}`,
      '/clients',
      '/clients/new',
      '/clients/new/service',
      `/clients/${facts.clientId}`,
      `/clients/${facts.clientId}/edit`,
      '/registration-tokens',
      '/statement-issuers',
      '/statement-issuers/new',
      '/webhooks',
      '/webhooks/new',
      '/signal-streams',
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

    const form = await admin.open('/audit/verify');
    const page = await form.press('submit');

    assert.match(form.text, /Last verified never Sealed entries [\d,]+/);
    assert.match(page.text, /The audit log is intact/);
  });

  it('shows the time and result of the last verification of the audit log', async () => {
    const { db, auditChain } = app().services;
    const admin = await signInToPanel(app());
    const again = async () => (await admin.open('/audit/verify')).text;
    await (await admin.open('/audit/verify')).press('submit');
    assert.match(await again(), /Last verified intact just now [^]*? UTC Sealed entries/);

    await auditChain.seal();
    await asSuperuser(db, (tx) => tx('audit_events').where({ seq: 1 }).update({ actor_id: 'x' }));
    await (await admin.open('/audit/verify')).press('submit');

    assert.match(await again(), /Last verified 1 fault just now [^]*? UTC Sealed entries/);
    const log = await admin.open('/audit?event=audit.verified');
    assert.match(log.text, /audit\.verified faults: 1 · entries: \d+/);
    assert.ok(log.text.includes(admin.email));
  });

  it('distinguishes providers that are connected directly from those that need a broker', async () => {
    const admin = await signInToPanel(app());

    const { html } = await admin.open('/providers/new');

    const [direct = '', brokered = ''] = html.split('aria-label="Through a broker"');
    assert.match(direct, /<h2>Connected directly<\/h2>.*id="kind-google"/s);
    assert.match(direct, /#microsoft"\/><\/svg>.*id="kind-microsoft"/s);
    assert.match(brokered, /such as Dex.*id="kind-broker-github"/s);
    assert.equal(brokered.includes('id="kind-google"'), false);
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
    const both = await form.press('submit', { audience, scopes: 'read', revocable: 'true' });
    assert.deepEqual([bad.status, both.status], [400, 400]);
    await form.press('submit', { audience, scopes: 'read write' });
    const query = new URLSearchParams({ audience }).toString();

    const edit = await admin.open(`/resources/edit?${query}`);
    await edit.press('submit', {
      scopes: 'read',
      format: 'jwt',
      revocable: 'true',
      permission: 'on',
      reason: 'Simpler',
    });
    const changed = await app().services.apiResources.find(audience);
    await (await admin.open(`/resources/delete?${query}`)).press('submit', { reason: 'Gone' });

    assert.deepEqual(
      [
        changed?.scopes,
        changed?.accessTokenFormat,
        changed?.revocable,
        changed?.requiresPermission,
      ],
      [['read'], 'jwt', true, true],
    );
    assert.equal(await app().services.apiResources.find(audience), undefined);
  });

  it('shows the first scopes of an API, and all of them on request', async () => {
    const admin = await signInToPanel(app());
    const [last = ''] =
      (await app().services.clients.findResource(`${app().issuer}/auth/api`))?.scopes.slice(-1) ??
      [];
    const list = await admin.open('/resources');
    const all = await admin.open(
      `/resources?${new URLSearchParams({ all: `${app().issuer}/auth/api` }).toString()}`,
    );

    assert.match(list.text, /and \d+ more/);
    assert.ok(!list.text.includes(last));
    assert.ok(all.text.includes(last));
    assert.doesNotMatch(all.text, /and \d+ more/);
  });

  it('redirects the first administrator from the setup link to the first steps', async () => {
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

  it('ends every session, including that of the administrator', async () => {
    const admin = await signInToPanel(app());

    const form = await admin.open('/sessions/everyone');
    const done = await form.press('submit', { reason: 'An emergency' });

    assert.match(done.heading, /Everyone is signed out/);
    assert.equal((await admin.open('/users')).has('sign-in'), true);
  });
});
